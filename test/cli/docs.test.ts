/** The tables in `docs/` that say what the code says. `UPDATE_GOLDEN=1` writes them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { definitionOf, settingNames } from '../../src/app/index.ts';
import { commandTable } from '../../src/cli/commands/index.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { updatingGolden } from '../support/golden.ts';

const docs = new URL('../../docs/', import.meta.url).pathname;

function expectTable(file: string, lines: readonly string[]): void {
  const text = readFileSync(docs + file, 'utf8');
  const place = /(<!-- table: .* -->\n)[\s\S]*?(<!-- end of table -->)/;
  expect(text).toMatch(place);
  const right = text.replace(place, (_, begin: string, end: string) => `${begin}${lines.join('\n')}\n${end}`);
  if (updatingGolden) writeFileSync(docs + file, right);
  else expect(text, `${file}: UPDATE_GOLDEN=1 writes the table`).toBe(right);
}

test('exit codes', () => {
  const all = Object.values(exitCodes).sort((a, b) => a.code - b.code);
  expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
  expectTable('exit-codes.md', [
    '| code | meaning |',
    '|---|---|',
    ...all.map(({ code, meaning }) => `| ${code} | ${meaning} |`),
  ]);
});

test('settings', () => {
  const rows = settingNames.map((name) => {
    const { type, fallback, doc } = definitionOf(name);
    const shown = name === 'system' ? 'that of this machine' : type.print(fallback);
    const placeholder = type.placeholder.replaceAll('|', '\\|');
    return `| \`${name}\` | ${placeholder} | ${shown === '' ? '' : `\`${shown}\``} | ${doc} |`;
  });
  expectTable('configuration.md', ['| name | value | default | |', '|---|---|---|---|', ...rows]);
});

test('every command with --json is in json-output.md', async () => {
  const text = readFileSync(`${docs}json-output.md`, 'utf8');
  for (const entry of commandTable) {
    const command = await entry.load();
    if (!command.options.some((option) => option.long === 'json')) continue;
    const verb = command.name.replace(/^store /, '');
    if (command.name !== 'store add') expect(text, command.name).toContain(verb);
  }
});
