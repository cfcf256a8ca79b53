/** The map of machines in memory: who owns what, what is not as its package says, what is new since the last look. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Claims } from '../../../src/activate/realms/map/claims.ts';
import type { KnownPaths } from '../../../src/activate/realms/map/known-paths.ts';
import { readKnownPaths, writeKnownPaths } from '../../../src/activate/realms/map/known-paths.ts';
import { readLook, writeLook } from '../../../src/activate/realms/map/look.ts';
import { addPackageClaims } from '../../../src/activate/realms/map/package-claims.ts';
import type { RealmPattern } from '../../../src/activate/realms/map/patterns.ts';
import type { Survey } from '../../../src/activate/realms/map/survey.ts';
import { type LookOptions, MemoryMachine, type MemoryNode, surveyMemory } from './memory-machine.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** A machine with one package of a program, a folder, a link and a configuration file; and things of nobody. */
function withPackage(): MemoryMachine {
  const machine = new MemoryMachine({
    '/usr/bin/tool': 'program',
    '/usr/share/tool/data': 'data',
    '/usr/bin/alias': '-> tool',
    '/etc/tool.conf': 'shipped',
    '/opt/thing': 'whose?',
    '/home/ann/notes': 'private',
  });
  const list =
    '/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/bin/alias\n/usr/share\n/usr/share/tool\n/usr/share/tool/data\n/etc\n/etc/tool.conf\n';
  machine.write('/var/lib/dpkg/info/tool.list', list);
  machine.write(
    '/var/lib/dpkg/info/tool.md5sums',
    `${md5('program')}  usr/bin/tool\n${md5('data')}  usr/share/tool/data\n`,
  );
  machine.write(
    '/var/lib/dpkg/status',
    `Package: tool\nStatus: install ok installed\nVersion: 1.0\nArchitecture: all\nConffiles:\n /etc/tool.conf ${md5('shipped')}\n`,
  );
  return machine;
}

const packageClaims =
  (machine: MemoryMachine, declared: readonly string[] = []) =>
  (claims: Claims) =>
    addPackageClaims(claims, machine, new Set(declared));

const told = (result: Survey): string[] =>
  result.deviations.map(({ subject, aspect, verdict }) => `${subject.name} ${aspect} ${verdict}`);

/** Looks twice, with something done between. */
async function lookTwice(machine: MemoryMachine, change: () => void, options: LookOptions = {}): Promise<Survey> {
  const known: KnownPaths = new Map();
  const all = { claims: packageClaims(machine), known, ...options };
  const first = await surveyMemory(machine, all);
  expect(told(first)).toEqual([]);
  change();
  return surveyMemory(machine, { ...all, before: first.look });
}

describe('realms', () => {
  test('each path has one, and the shares add up', async () => {
    const machine = withPackage();
    const { tally, counts } = await surveyMemory(machine, { claims: packageClaims(machine) });
    const shares = tally.shares();
    expect(Object.values(shares).reduce((sum, { paths }) => sum + paths, 0)).toBe(counts.paths);
    // /home itself is of the rule that leaves homes alone.
    expect(shares.divergent).toEqual({ paths: 3, bytes: 'private'.length });
    expect(shares.unknown).toMatchObject({ bytes: 'whose?'.length });
    const tree = tally.tree(2);
    expect(tree.shares).toEqual(shares);
    expect(tree.folders.map(({ path }) => path)).toEqual(['/etc', '/home', '/opt', '/usr', '/var']);
  });

  test('rules of the configuration come before packages, and generations before rules', async () => {
    const machine = withPackage();
    const rule = (pattern: string, realm: RealmPattern['realm']): RealmPattern => ({
      pattern,
      realm,
      reason: 'said so',
      declared: { option: 'realms', definedIn: 'm.nix' },
    });
    const { deviations, tally } = await surveyMemory(machine, {
      rules: [rule('/usr/share/tool/**', 'divergent'), rule('/opt/**', 'congruent')],
      claims: (claims) => {
        claims.add('/home/ann/notes', {
          realm: 'congruent',
          owner: { type: 'option', option: 'files', definedIn: 'm.nix' },
        });
        packageClaims(machine)(claims);
      },
    });
    expect(deviations).toMatchObject([
      { subject: { name: '/opt/thing' }, aspect: 'extra', verdict: 'alarm', realm: 'congruent' },
    ]);
    expect(tally.shares().divergent.bytes).toBe('data'.length);
  });

  test('what a generation owns as a whole has nothing else in it', async () => {
    const machine = new MemoryMachine({ '/etc/site/a': 'ours', '/etc/site/b': 'theirs' });
    const owner = { type: 'option', option: 'files', definedIn: 'm.nix' } as const;
    const { deviations } = await surveyMemory(machine, {
      claims: (claims) => {
        for (const path of ['/etc/site', '/etc/site/a']) claims.add(path, { realm: 'congruent', owner });
      },
      owned: [['/etc/site', owner]],
    });
    expect(deviations).toMatchObject([{ subject: { name: '/etc/site/b' }, aspect: 'extra', owner }]);
  });
});

describe('packages', () => {
  const cases: readonly (readonly [string, (machine: MemoryMachine) => void, readonly string[]])[] = [
    ['nothing', () => {}, []],
    ['an edit', (m) => m.write('/usr/bin/tool', 'virus'), ['/usr/bin/tool content report']],
    [
      'an edit that keeps size',
      (m) => m.change('/usr/bin/tool', { text: 'Program' }),
      ['/usr/bin/tool content report'],
    ],
    ['a mode', (m) => m.change('/usr/bin/tool', { mode: 0o4755 }), ['/usr/bin/tool mode report']],
    ['an owner', (m) => m.change('/usr/share/tool', { uid: 7 }), ['/usr/share/tool owner report']],
    ['a target', (m) => m.write('/usr/bin/alias', '-> other'), ['/usr/bin/alias target report']],
    ['a removal', (m) => m.remove('/usr/bin/tool'), ['/usr/bin/tool missing report']],
    ['a removed folder, once', (m) => m.remove('/usr/share/tool'), ['/usr/share/tool missing report']],
    [
      'a folder for a file',
      (m) => {
        m.remove('/usr/bin/tool');
        m.write('/usr/bin/tool/', '');
      },
      ['/usr/bin/tool kind report'],
    ],
    ['a file for a link', (m) => m.write('/usr/bin/alias', 'x'), ['/usr/bin/alias kind report']],
    ['a configuration file', (m) => m.write('/etc/tool.conf', 'mine'), ['/etc/tool.conf content report']],
    ['a touch', (m) => m.change('/usr/bin/tool', {}), []],
  ];
  test.each(cases)('%s', async (_, change, wanted) => {
    const machine = withPackage();
    expect(told(await lookTwice(machine, () => change(machine)))).toEqual(wanted);
  });

  test('a package that a resource asks for is repaired, but not its configuration files', async () => {
    const machine = withPackage();
    const change = (): void => {
      machine.write('/usr/bin/tool', 'virus');
      machine.write('/etc/tool.conf', 'mine');
    };
    const result = await lookTwice(machine, change, { claims: packageClaims(machine, ['tool']) });
    expect(told(result).sort()).toEqual(['/etc/tool.conf content report', '/usr/bin/tool content repair']);
  });

  test('a deviation is told at every look until it is gone', async () => {
    const machine = withPackage();
    const known: KnownPaths = new Map();
    const look = () => surveyMemory(machine, { claims: packageClaims(machine), known });
    await look();
    machine.change('/usr/bin/tool', { mode: 0o777 });
    expect(told(await look())).toHaveLength(1);
    expect(told(await look())).toHaveLength(1);
    machine.change('/usr/bin/tool', { mode: 0o644 });
    expect(told(await look())).toEqual([]);
  });

  test('a new version may look otherwise', async () => {
    const machine = withPackage();
    const result = await lookTwice(machine, () => {
      machine.change('/usr/bin/tool', { mode: 0o755 });
      machine.write('/var/lib/dpkg/status', machine.read('/var/lib/dpkg/status')!.replace('1.0', '2.0'));
    });
    expect(told(result)).toEqual([]);
  });
});

describe('reading', () => {
  test('content is read once, and again when the inode says so', async () => {
    const machine = withPackage();
    const known: KnownPaths = new Map();
    const look = (readAll = false) => surveyMemory(machine, { claims: packageClaims(machine), known, readAll });
    expect((await look()).counts).toMatchObject({ read: 3, remembered: 0 });
    expect((await look()).counts).toMatchObject({ read: 0, remembered: 3 });
    machine.change('/usr/bin/tool', { text: 'Program' });
    machine.reads.length = 0;
    expect((await look()).counts).toMatchObject({ read: 1, remembered: 2 });
    expect(machine.reads).toEqual(['/usr/bin/tool']);
    expect((await look(true)).counts).toMatchObject({ read: 3, remembered: 0 });
  });

  test('what changed in the same tick as the look is read again', async () => {
    const machine = withPackage();
    const known: KnownPaths = new Map();
    const look = () => surveyMemory(machine, { claims: packageClaims(machine), known });
    machine.nodes.get('/usr/bin/tool')!.changed = machine.now + 60_000;
    await look();
    // A second edit within the tick leaves every stamp as it is.
    machine.nodes.get('/usr/bin/tool')!.text = 'Program';
    expect(told(await look())).toEqual(['/usr/bin/tool content report']);
  });

  test('what is remembered is written and read', () => {
    const text = fc.string({ unit: 'binary-ascii' }).map((part) => part.replaceAll('\0', ''));
    const kind = fc.constantFrom('file', 'directory', 'symlink', 'other');
    const filled = text.filter((part) => part !== '');
    const read = fc.record({ stamp: text, digest: filled, at: fc.nat() });
    const owner = { owner: filled, target: text, at: fc.nat() };
    const first = fc.record({ kind, mode: fc.nat(), uid: fc.nat(), gid: fc.nat(), ...owner });
    const one = fc.record({ read: fc.option(read, { nil: undefined }), first: fc.option(first, { nil: undefined }) });
    fc.assert(
      fc.property(fc.dictionary(filled, one, { noNullPrototype: true }), (record) => {
        const known = new Map(Object.entries(record)) as KnownPaths;
        expect(readKnownPaths(writeKnownPaths(known))).toEqual(known);
      }),
    );
    fc.assert(fc.property(fc.string(), (any) => readKnownPaths(any).size >= 0));
  });
});

describe('changes since the last look', () => {
  const changed = ({ changes }: Survey): string[] => changes.map(({ path, what, realm }) => `${what} ${path} ${realm}`);

  test('of what nobody answers for, and of what is left alone', async () => {
    const machine = withPackage();
    const result = await lookTwice(machine, () => {
      machine.write('/opt/new', '1');
      machine.write('/opt/thing', 'other');
      machine.remove('/home/ann/notes');
      machine.write('/usr/local/bin/hack', '1');
    });
    expect(changed(result)).toEqual([
      'appeared /opt/new unknown',
      'appeared /usr/local unknown',
      'appeared /usr/local/bin unknown',
      'appeared /usr/local/bin/hack unknown',
      'disappeared /home/ann/notes divergent',
      'changed /opt/thing unknown',
    ]);
  });

  test('a look is kept and read; other bytes are no look', async () => {
    const machine = withPackage();
    const { look } = await surveyMemory(machine);
    expect(readLook(writeLook(look))).toEqual(look);
    expect(readLook(Buffer.from('x'))).toBeUndefined();
    expect(readLook(writeLook(look).slice(0, -5))).toBeUndefined();
  });

  test('any changes are found, and nothing else', async () => {
    const names = ['a', 'b', 'c/d', 'c/e', 'f/g/h'].map((name) => `/srv/${name}`);
    const step = fc.record({ path: fc.constantFrom(...names), what: fc.constantFrom('write', 'remove') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...names)), fc.array(step), async (start, steps) => {
        const machine = new MemoryMachine(Object.fromEntries(start.map((name) => [name, 'x'])));
        const { look } = await surveyMemory(machine);
        const files = (): Map<string, MemoryNode> =>
          new Map(
            [...machine.nodes].filter(([, node]) => node.kind === 'file').map(([path, node]) => [path, { ...node }]),
          );
        const before = files();
        for (const { path, what } of steps)
          what === 'write' ? machine.write(path, String(machine.now)) : machine.remove(path);
        const after = files();
        const wanted = new Set<string>();
        for (const [path, node] of after) {
          const old = before.get(path);
          if (old === undefined) wanted.add(`appeared ${path}`);
          else if (old.inode !== node.inode) wanted.add(`changed ${path}`);
        }
        for (const path of before.keys()) if (!after.has(path)) wanted.add(`disappeared ${path}`);
        const { changes } = await surveyMemory(machine, { before: look });
        const found = changes.filter(({ path }) => names.includes(path)).map(({ path, what }) => `${what} ${path}`);
        expect(new Set(found)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

test('what the scope leaves out is not looked at, with all that is below', async () => {
  const machine = new MemoryMachine({ '/srv/big/a': '1', '/srv/big/b/c': '2', '/srv/keep': '3', '/srv/x.log': '4' });
  const { counts, outOfScope } = await surveyMemory(machine, { scope: '/srv/big/\n*.log\n' });
  expect(outOfScope).toEqual(['/srv/big', '/srv/x.log']);
  expect(counts.paths).toBe(3);
});
