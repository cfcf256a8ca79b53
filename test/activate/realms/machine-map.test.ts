/** The map and the drift of a machine in a folder, switched for real: what is remembered from one look to the next. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { switchTo } from '../../../src/activate/index.ts';
import { realmContext } from '../../../src/activate/realms/context.ts';
import { describeDrift } from '../../../src/activate/realms/drift/describe.ts';
import { machineDrift } from '../../../src/activate/realms/drift/machine-drift.ts';
import { describeExplanation, explainPath } from '../../../src/activate/realms/map/explain.ts';
import { makeSystem, putByHand, scratchMachine } from '../support.ts';

async function folderMachine() {
  const scratch = scratchMachine();
  putByHand(scratch.root, { '/opt/theirs': 'before us', '/home/ann/x': '1' });
  const files = {
    '/etc/motd': 'hello\n',
    '/etc/site': { tree: { a: 'A', 'in/b': 'B' } },
    '/srv/www': { link: '/etc/site' },
  };
  const realms = [{ pattern: '/srv/up/**', realm: 'divergent', reason: 'uploads' }];
  await switchTo(scratch.machine, makeSystem(scratch.store, { files, realms }));
  const { layout } = scratch.machine;
  const realm = { layout, by: 'ann', now: () => new Date(), machine: scratch.machine };
  return { ...scratch, context: () => realmContext(realm), drift: () => machineDrift(realmContext(realm)) };
}

test('drift tells alarms each time, growth once, with difference and owner', async () => {
  const { root, drift } = await folderMachine();
  expect((await drift()).deviations).toEqual([]);
  fs.writeFileSync(join(root, 'etc/motd'), 'hullo\n');
  putByHand(root, { '/etc/site/in/extra': 'x', '/opt/new': 'y', '/srv/up/photo': 'z' });
  const told = (report: Awaited<ReturnType<typeof drift>>): string[] =>
    report.deviations.map(({ verdict, subject, aspect }) => `${verdict} ${subject.name} ${aspect}`);
  const first = await drift();
  expect(told(first)).toEqual([
    'alarm /etc/motd content',
    'alarm /etc/site/in/extra extra',
    'growth /opt/new appeared',
    'inventory /srv/up appeared',
    'inventory /srv/up/photo appeared',
  ]);
  expect(first.deviations[0]).toMatchObject({
    diff: ['@@ -1,1 +1,1 @@', '-hello', '+hullo'],
    owner: { type: 'option', definedIn: 'machine.nix' },
  });
  expect(first.counts).toEqual({ congruent: 2, convergent: 0, divergent: 2, unknown: 1 });
  expect(told(await drift())).toEqual(['alarm /etc/motd content', 'alarm /etc/site/in/extra extra']);
  const lines = describeDrift(first, { all: false, diff: true });
  expect(lines[0]).toBe('ALARM: not as the generation is: 2');
  expect(lines.some((line) => line.trim() === '+hullo')).toBe(true);
});

test('a path is explained: owner, what it must be, what it is, what follows', async () => {
  const { root, context } = await folderMachine();
  fs.chmodSync(join(root, 'etc/motd'), 0o600);
  const explain = async (path: string) => describeExplanation(await explainPath(context(), path));
  expect(await explain('/etc/motd')).toEqual([
    '/etc/motd: congruent',
    'owner: files."/etc/motd" in machine.nix',
    expect.stringMatching(/^expected: the content of \/nix\/store\//),
    expect.stringContaining('expected: mode 0644'),
    expect.stringMatching(/^found: a file, mode 0600, .*, 6 bytes$/),
    expect.stringMatching(/^deviates: mode, 0600 and not 0644, since /),
    'last look: never',
  ]);
  expect((await explain('/opt/theirs'))[0]).toBe('/opt/theirs: unknown');
  expect((await explain('/home/ann/x')).slice(0, 2)).toEqual(['/home/ann/x: divergent', 'owner: homes (/home/**)']);
  expect((await explain('/srv/up/none')).slice(0, 3)).toEqual([
    '/srv/up/none: divergent',
    'owner: uploads (/srv/up/** in machine.nix)',
    'found: nothing',
  ]);
});
