/** Overrides: what they save comes back, what is declared comes back as declared; and a change becomes a module. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { switchTo } from '../../../src/activate/index.ts';
import { realmContext } from '../../../src/activate/realms/context.ts';
import { ChangeJournal } from '../../../src/activate/realms/journal/change-journal.ts';
import {
  beginOverride,
  endOverride,
  endOverridesThatAreOver,
} from '../../../src/activate/realms/overrides/machine-overrides.ts';
import {
  type ChangedFile,
  moduleText,
  nixString,
  nixText,
} from '../../../src/activate/realms/overrides/module-text.ts';
import {
  activeOverrides,
  coveredBy,
  parseDuration,
  parseTarget,
} from '../../../src/activate/realms/overrides/overrides.ts';
import { promoteOverride } from '../../../src/activate/realms/overrides/promote.ts';
import { resolveConfig } from '../../../src/app/config.ts';
import { evaluate } from '../../../src/app/operations/evaluate.ts';
import { fromUnicode, toUnicode } from '../../../src/base/bytes.ts';
import { silent } from '../../../src/base/events.ts';
import { type FilesSpec, makeSystem, putByHand, scratchMachine, snapshot } from '../support.ts';

/** The value of a text in the language. */
async function evaluateText(text: string): Promise<unknown> {
  const config = resolveConfig([{ name: 'store', value: 'dummy://', origin: 'test' }]);
  const session = { config, env: { HOME: '/' }, cwd: '/', sink: silent, signal: new AbortController().signal };
  const subject = { sources: [{ kind: 'text', text: fromUnicode(text) } as const], attributes: [], arguments: [] };
  let json = '';
  for await (const part of evaluate(session, subject, { format: 'json', strict: true, locations: false })) json += part;
  return JSON.parse(toUnicode(json));
}

describe('words', () => {
  test.each([
    ['45m', 2700],
    ['4h', 14_400],
    ['2d', 172_800],
    ['1h30m', 5400],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
  test.each(['', '4', '0h', '31d', '4x', 'h', '-1h', '1h 2m'])('%j is no time', (text) => {
    expect(() => parseDuration(text)).toThrow('is no time for an override');
  });
  test('targets are paths and units', () => {
    expect(parseTarget('/etc/motd').type).toBe('path');
    expect(parseTarget('getty@tty1.service').type).toBe('unit');
    for (const text of ['motd', '/etc/../x', '/etc/', '/', '/etc//x'])
      expect(() => parseTarget(text)).toThrow('neither');
  });
});

async function machineWith(files: FilesSpec) {
  const scratch = scratchMachine();
  await switchTo(scratch.machine, makeSystem(scratch.store, { files }));
  let time = Date.parse('2026-01-01T00:00:00Z');
  const { layout } = scratch.machine;
  const realm = { layout, by: 'ann', now: () => new Date((time += 1000)), machine: scratch.machine };
  const context = () => realmContext(realm);
  const begin = (name: string) =>
    beginOverride(context(), { target: parseTarget(name), seconds: 3600, reason: 'the site is down' }, undefined);
  const pass = (seconds: number): void => {
    time += seconds * 1000;
  };
  return { ...scratch, realm, context, begin, pass };
}

describe('an override', () => {
  const files: FilesSpec = { '/etc/motd': 'declared', '/etc/app/a': 'A', '/etc/link': { link: 'motd' } };

  test.each<readonly [string, string, (root: string) => void]>([
    ['of a declared file', '/etc/motd', (root) => fs.writeFileSync(join(root, 'etc/motd'), 'edited')],
    ['of its mode', '/etc/motd', (root) => fs.chmodSync(join(root, 'etc/motd'), 0o600)],
    ['of a declared link', '/etc/link', (root) => putByHand(root, { '/etc/link': { link: 'elsewhere' } })],
    ['of a removal', '/etc/motd', (root) => fs.rmSync(join(root, 'etc/motd'))],
    ['of a folder', '/etc/app', (root) => putByHand(root, { '/etc/app/a': 'B', '/etc/app/b': 'new' })],
    ['of a file of nobody', '/srv/data', (root) => putByHand(root, { '/srv/data': 'other' })],
    ['of a file for a folder', '/srv/tree', (root) => putByHand(root, { '/srv/tree': 'now a file' })],
    ['of a place where nothing was', '/etc/fresh', (root) => putByHand(root, { '/etc/fresh': 'new' })],
    [
      'of a unit',
      'web.service',
      (root) => putByHand(root, { '/etc/systemd/system/web.service.d/x.conf': '[Service]\n' }),
    ],
  ])('%s ends with what was before', async (_, name, change) => {
    const { root, context, begin } = await machineWith(files);
    putByHand(root, { '/srv/data': 'theirs', '/srv/tree/in/it': 'theirs', '/etc/systemd/system/other': 'x' });
    const before = snapshot(root);
    const { id } = begin(name);
    change(root);
    expect(snapshot(root)).not.toEqual(before);
    expect(activeOverrides(context().realm)).toMatchObject([{ id, reason: 'the site is down', by: 'ann' }]);
    endOverride(context(), id, 'ended', undefined);
    expect(snapshot(root)).toEqual(before);
    expect(activeOverrides(context().realm)).toEqual([]);
  });

  test('that began after the edit still ends with what is declared, and the edit is kept', async () => {
    const { root, context, begin, realm } = await machineWith(files);
    putByHand(root, { '/etc/motd': 'edited first' });
    const { id } = begin('/etc/motd');
    endOverride(context(), id, 'ended', undefined);
    expect(fs.readFileSync(join(root, 'etc/motd'), 'utf8')).toBe('declared');
    const kept = join(realm.layout.state, 'overrides', id);
    expect(fs.readdirSync(kept).map((name) => fs.readFileSync(join(kept, name), 'utf8'))).toContain('edited first');
  });

  test('ends by itself when its time is over, and not before', async () => {
    const { root, context, begin, pass } = await machineWith(files);
    begin('/etc/motd');
    fs.writeFileSync(join(root, 'etc/motd'), 'edited');
    expect(endOverridesThatAreOver(context(), undefined)).toEqual([]);
    pass(3600);
    expect(endOverridesThatAreOver(context(), undefined)).toHaveLength(1);
    expect(fs.readFileSync(join(root, 'etc/motd'), 'utf8')).toBe('declared');
  });

  test('is told in the journal, and covers what is below it', async () => {
    const { context, begin, realm } = await machineWith(files);
    const override = begin('/etc/app');
    expect(coveredBy([override], { type: 'path', name: '/etc/app/a' })).toBe(override);
    expect(coveredBy([override], { type: 'path', name: '/etc/apple' })).toBeUndefined();
    expect(() => begin('/etc/app')).toThrow('already');
    endOverride(context(), override.id, 'ended', undefined);
    expect(begin('/etc/app').id).not.toBe(override.id);
    const entries = new ChangeJournal(realm.layout).read().entries.filter(({ kind }) => kind === 'override');
    expect(entries.map(({ what }) => what.replace(/ until \S+:/, ':'))).toEqual([
      '/etc/app is overridden: the site is down',
      '/etc/app is as before again (ended by hand)',
      '/etc/app is overridden: the site is down',
    ]);
  });

  test('is left alone by a switch, which names it; its end brings what the new generation declares', async () => {
    const { root, store, machine, context, begin } = await machineWith(files);
    const { id } = begin('/etc/motd');
    fs.writeFileSync(join(root, 'etc/motd'), 'edited');
    const next = makeSystem(store, { files: { ...files, '/etc/motd': 'newer', '/etc/other': 'new' } });
    const { plan } = await switchTo(machine, next);
    expect(plan.files.map(({ path }) => path)).toEqual(['/etc/other']);
    expect(plan.left).toMatchObject([{ path: '/etc/motd', why: expect.stringContaining('the site is down') }]);
    expect(fs.readFileSync(join(root, 'etc/motd'), 'utf8')).toBe('edited');
    endOverride(context(), id, 'ended', undefined);
    expect(fs.readFileSync(join(root, 'etc/motd'), 'utf8')).toBe('newer');
    expect(await switchTo(machine, next)).toMatchObject({ outcome: 'unchanged' });
  });

  test('becomes a module that declares the change', async () => {
    const { root, context, begin } = await machineWith(files);
    const { id } = begin('/etc/motd');
    fs.writeFileSync(join(root, 'etc/motd'), 'edited\n');
    const out = join(root, 'motd.nix');
    promoteOverride(context(), id, out);
    const module = await evaluateText(fs.readFileSync(out, 'utf8'));
    // Root's files need no word about their owner; those of whoever else runs this test do.
    const { uid, gid } = fs.statSync(join(root, 'etc/motd'));
    const owner = { ...(uid === 0 ? {} : { user: `${uid}` }), ...(gid === 0 ? {} : { group: `${gid}` }) };
    expect(module).toEqual({ environment: { etc: { motd: { mode: '0644', text: 'edited\n', ...owner } } } });
    expect(fs.readFileSync(join(root, 'etc/motd'), 'utf8')).toBe('edited\n');
    expect(activeOverrides(context().realm)).toEqual([]);
    expect(() => promoteOverride(context(), id, out)).toThrow(`no override ${id}`);
  });
});

describe('module texts', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '"',
    "'",
    "''",
    '$',
    '${',
    '$${',
    '\\',
    '\t',
    '\r',
    '  ',
    '}',
    'é',
    "'''",
    '\\n',
  );
  const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

  test('any text is read as what it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        const wanted = texts.flatMap((one) => [one, one, `x${one}\n`]);
        const written = texts.flatMap((one) => [
          nixString(one),
          nixText(one, '      '),
          nixText(`x${one}\n`, '      '),
        ]);
        expect(await evaluateText(`[ ${written.join('\n')} ]`)).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  });

  test('files, links, folders and owners', async () => {
    const owner = { user: 'www', group: 'root' };
    const changed: ChangedFile[] = [
      { path: '/etc/a b', kind: 'file', text: 'one\n  two\n', mode: 0o640, ...owner },
      { path: '/opt/bin', kind: 'file', text: undefined, mode: 0o755, ...owner },
      { path: '/etc/systemd/system/x.service', kind: 'symlink', target: '/dev/null' },
      { path: '/srv/d', kind: 'directory', mode: 0o700, user: 'root', group: 'root' },
    ];
    const { text: module, beside } = moduleText({
      reason: 'because',
      by: 'ann',
      from: 'then',
      files: changed,
      notes: [],
    });
    expect([...beside]).toEqual([['/opt/bin', 'opt-bin.content']]);
    expect(module.startsWith('# because\n# An emergency change by ann, then.\n{\n')).toBe(true);
    const value = await evaluateText(module.replace('./opt-bin.content', '"beside"'));
    expect(value).toEqual({
      environment: {
        etc: {
          'a b': { text: 'one\n  two\n', mode: '0640', user: 'www' },
          'systemd/system/x.service': { kind: 'symlink', source: '/dev/null' },
        },
      },
      files: {
        '/opt/bin': { source: 'beside', mode: '0755', user: 'www' },
        '/srv/d': { kind: 'directory', mode: '0700' },
      },
    });
  });
});
