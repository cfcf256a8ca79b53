/** What `sysbuild options` finds: declarations, values, and the places that set them. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optionsPage } from '../../scripts/options-doc.ts';
import { loadConfig, type OptionDetail, operations } from '../../src/app/index.ts';
import { optionPath } from '../../src/app/option-path.ts';
import { fromUnicode } from '../../src/base/bytes.ts';
import { renderOption, renderOptionList } from '../../src/cli/render/option.ts';
import { theme } from '../../src/cli/render/theme.ts';
import { updatingGolden } from '../support/golden.ts';
import { scratch } from './support.ts';

const folder = scratch();
fs.writeFileSync(
  join(folder, 'machine.nix'),
  `{ lib, config, ... }:
{
  imports = [ ./web.nix ];
  options.shop.motto = lib.mkOption {
    type = lib.types.str;
    description = "What the shop says of itself. It is shown.";
  };
  config.networking.hostName = "shop";
  config.shop.motto = "Größe";
  config.networking.domain = "strong.example";
  config.systemd.services.nginx.wantedBy = [ "shop.target" ];
  config.boot.extraModprobeConfig = lib.mkIf (config.networking.hostName == "other") "x";
  config.environment.variables.BROKEN = throw "on purpose";
}
`,
);
fs.writeFileSync(
  join(folder, 'web.nix'),
  '{ lib, ... }:\n{\n  services.nginx.enable = lib.mkDefault true;\n' +
    '  services.nginx.virtualHosts."a.example".root = "/srv/a";\n' +
    '  networking.domain = lib.mkDefault "weak.example";\n}\n',
);

async function ask(query: string | undefined, machine = true) {
  const env = { HOME: folder, PATH: process.env['PATH'] };
  const config = loadConfig(env, folder, [{ name: 'store', value: 'dummy://', origin: 'test' }]);
  const session = { config, env, cwd: folder, sink: { emit: () => {} }, signal: new AbortController().signal };
  const source = { kind: 'file', path: fromUnicode(join(folder, 'machine.nix')) } as const;
  const subject = machine ? { sources: [source], attributes: [], arguments: [] } : undefined;
  return (await operations.options()).findOptions(session, { subject, query, internal: false });
}

async function one(query: string, machine = true): Promise<OptionDetail> {
  const answer = await ask(query, machine);
  if (answer.kind !== 'one') throw new Error(`${query}: ${answer.options.length} options`);
  return answer.option;
}

async function names(query: string | undefined, machine = true): Promise<string[]> {
  const answer = await ask(query, machine);
  return answer.kind === 'one' ? [] : answer.options.map((option) => option.name);
}

test('a value, and who sets it', async () => {
  const option = await one('services.nginx.enable');
  expect(option).toMatchObject({ value: 'true', type: 'true or false', default: 'false', isDefined: true });
  expect(option.definitions).toEqual([{ place: join(folder, 'web.nix:3:3'), value: 'true' }]);
  expect(option.declaredAt).toEqual([expect.stringMatching(/^<sysbuild>\/services\/nginx\.nix:\d+:\d+$/)]);
});

test('an option of the configuration itself, with its characters', async () => {
  const option = await one('shop.motto');
  expect(option).toMatchObject({ value: '"Größe"', declaredAt: [join(folder, 'machine.nix:4:3')] });
});

test('a place inside of an option: every definition of it, from wherever', async () => {
  const option = await one('systemd.services.nginx.wantedBy');
  expect(option.value).toBe('[ "shop.target" "multi-user.target" ]');
  expect(option.definitions.map(({ place }) => place.replace(/:\d+:\d+$/, ''))).toEqual([
    join(folder, 'machine.nix'),
    '<sysbuild>/services/nginx.nix',
  ]);
  const root = await one('services.nginx.virtualHosts."a.example".root');
  expect(root).toMatchObject({ name: 'services.nginx.virtualHosts."a.example".root', value: '"/srv/a"' });
  expect(root.definitions).toEqual([{ place: join(folder, 'web.nix:4:3'), value: '"/srv/a"' }]);
});

test('definitions that others are stronger than', async () => {
  const option = await one('networking.domain');
  expect(option).toMatchObject({ value: '"strong.example"', definitions: [{ value: '"strong.example"' }] });
  expect(option.overridden).toEqual([{ place: join(folder, 'web.nix:5:3'), value: '"weak.example"' }]);
  expect(renderOption(option, folder, theme(false))).toContain(
    '  overridden at   web.nix:5:3\n                  "weak.example"\n',
  );
});

test('what nobody sets has its default', async () => {
  expect(await one('boot.extraModprobeConfig')).toMatchObject({ value: '""', isDefined: false, definitions: [] });
});

test('what cannot be evaluated says why', async () => {
  const option = await one('environment.variables');
  expect(option).toMatchObject({ value: null, error: 'on purpose' });
});

test('without a machine there are declarations', async () => {
  expect(await one('services.nginx.enable', false)).toMatchObject({ value: null, error: null, default: 'false' });
  expect(await one('systemd.services.<name>.script', false)).toMatchObject({ value: null, default: '""' });
  expect(await names(undefined, false)).not.toContain('shop.motto');
  expect(await names(undefined)).toContain('shop.motto');
});

test('search: names before descriptions, all words', async () => {
  const found = await names('nginx listen', false);
  expect(found[0]).toMatch(/^services\.nginx\.virtualHosts\.<name>\.listen$/);
  expect(await names('kernel modules loaded', false)).toContain('boot.kernelModules');
});

test('what is not there: the nearest name', async () => {
  await expect(ask('services.ngnix.enable', false)).rejects.toMatchObject({
    code: 'app/no-option',
    hint: expect.stringContaining('services.nginx.enable'),
  });
});

test('names of options', () => {
  expect(optionPath('a.b-c.<name>')).toEqual(['a', 'b-c', '<name>']);
  expect(optionPath('a."b.c".d')).toEqual(['a', 'b.c', 'd']);
  expect(optionPath('a."\\"".*')).toEqual(['a', '"', '*']);
  for (const text of ['', 'a.', '.a', 'a b', 'a"b', '"a']) expect(optionPath(text), text).toBeUndefined();
});

test('for people', async () => {
  const text = renderOption(await one('services.nginx.enable'), folder, theme(false));
  expect(text).toBe(
    [
      'services.nginx.enable',
      '  Whether to enable the web server nginx.',
      '',
      '  type            true or false',
      '  default         false',
      '  example         true',
      '  value           true',
      '  set at          web.nix:3:3',
      '                  true',
      `  declared at     ${(await one('services.nginx.enable')).declaredAt[0]}`,
      '',
    ].join('\n'),
  );
  const answer = await ask('shop', true);
  if (answer.kind === 'list') {
    expect(renderOptionList(answer.options, theme(false))).toContain('shop.motto  What the shop says of itself\n');
  }
});

test('docs/options.md is what the library says (UPDATE_GOLDEN=1 or `node scripts/options-doc.ts` writes it)', async () => {
  const file = new URL('../../docs/options.md', import.meta.url).pathname;
  const page = await optionsPage();
  if (updatingGolden) fs.writeFileSync(file, page);
  expect(fs.readFileSync(file, 'utf8')).toBe(page);
  expect(page).not.toContain(new URL('../..', import.meta.url).pathname);
  const undescribed = [...page.matchAll(/^### `(.*)`\n\n\n/gm)].map((match) => match[1]);
  expect(undescribed).toEqual([]);
});
