/** Help texts and completion scripts, as golden files: both come from the declarations of the commands. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runSync } from '../../src/base/process.ts';
import { commandTable } from '../../src/cli/commands/index.ts';
import { completionScript } from '../../src/cli/completion.ts';
import { renderHelp, renderOverview } from '../../src/cli/help.ts';
import { optionsOf, parseWords } from '../../src/cli/parse.ts';
import { theme } from '../../src/cli/render/theme.ts';
import { expectGolden, goldenRoot } from '../support/golden.ts';

const plain = theme(false);
const commands = await Promise.all(commandTable.map((entry) => entry.load()));
/** Defaults that depend on the machine. */
const steady = (text: string): string => text.replaceAll(/\b(x86_64|aarch64)-linux\b/g, 'SYSTEM');

test('the overview', () => {
  expectGolden('text/help/sysbuild.txt', steady(renderOverview(commandTable, plain)));
});

test.each(commands)('$name', (command) => {
  expectGolden(`text/help/${command.name.replace(' ', '-')}.txt`, steady(renderHelp(command, plain)));
});

test('no golden help of a command that is gone', () => {
  const names = ['sysbuild', ...commands.map((command) => command.name.replace(' ', '-'))];
  expect(readdirSync(`${goldenRoot}text/help`).sort()).toEqual(names.map((name) => `${name}.txt`).sort());
});

test.each(commands)('$name: table and declaration agree, options are unambiguous, examples parse', (command) => {
  const entry = commandTable.find((one) => one.name === command.name)!;
  expect(entry.summary).toBe(command.summary);
  const options = optionsOf(command);
  const words = options.flatMap((option) => [option.long, ...(option.short === undefined ? [] : [option.short])]);
  expect(new Set(words).size).toBe(words.length);
  expect(command.examples.length).toBeGreaterThan(0);
  for (const option of options) expect(option.doc, option.long).toMatch(/\.$/);
  for (const example of command.examples) {
    const line = example.command.replace(/^.*?\bsysbuild /, '').replace(/[>)|].*$/, '');
    const rest = shellWords(line).filter((word, index, all) => !isVerb(command.name, word, index, all));
    expect(() => parseWords(command, rest), example.command).not.toThrow();
  }
});

function isVerb(name: string, word: string, index: number, all: readonly string[]): boolean {
  return name.split(' ').includes(word) && all.indexOf(word) === index;
}

/** The words of a simple shell command. */
function shellWords(line: string): string[] {
  return runSync('bash', ['-c', `printf '%s\\n' ${line}`])
    .stdout.split('\n')
    .slice(0, -1);
}

test('bash: the script is sound and completes verbs, options, choices', () => {
  const script = completionScript('bash', commands);
  const complete = (...words: string[]): string[] => {
    const set = `COMP_WORDS=(sysbuild ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`;
    const result = runSync('bash', ['-c', `${script}\n${set}; _sysbuild; printf '%s\\n' "\${COMPREPLY[@]}"`]);
    expect(result.stderr).toBe('');
    return result.stdout.split('\n').filter((word) => word !== '');
  };
  expect(complete('ev')).toEqual(['eval']);
  expect(complete('pin', '')).toEqual(['debian']);
  expect(complete('eval', '--js')).toEqual(['--json']);
  expect(complete('map', '--sv')).toEqual(['--svg']);
  expect(complete('map', 'explain', '--svg')).toEqual([]);
  expect(complete('eval', '--log-format', 'p')).toEqual(['plain']);
  expect(complete('pin', 'debian', '--arch', 'am')).toEqual(['amd64']);
});

test('zsh and fish scripts name every command and option', () => {
  for (const shell of ['zsh', 'fish'] as const) {
    const script = completionScript(shell, commands);
    for (const command of commands) {
      for (const word of command.name.split(' ')) expect(script).toContain(word);
      for (const option of command.options) if (option.hidden !== true) expect(script).toContain(option.long);
    }
  }
});
