/** `log`, and events for other tools. */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { oracle, oracleTest } from '../support/oracle.ts';
import { writeLibrary } from './builds.ts';
import { Place } from './support.ts';

const place = new Place();
const call = { env: { SYSBUILD_STORE: place.at('root') } };

beforeAll(() => writeLibrary(place));

test('log -f follows a build that runs elsewhere, to its end', async () => {
  const script =
    'echo first; while ! [ -e /gate/open ]; do sleep 0.1; done; for i in 1 2 3; do echo $i; done; echo > $out';
  place.write('slow.nix', `with import ./lib.nix; build "slow" "${script.replace('/gate/open', '/tmp/open')}"`);
  const building = place.start(['build', 'slow.nix', '--no-out-link', '--timeout', '60', '-L'], call);
  while (!building.output().includes('slow> first')) await sleep(50);
  const following = place.start(['log', '-f', 'slow'], call);
  while (!following.output().includes('first')) await sleep(50);
  const drvPath = /building (.*\.drv)/.exec(building.output())![1]!;
  building.child.kill('SIGINT');
  expect(await building.end).toMatchObject({ status: 130 });
  expect(await following.end).toMatchObject({ status: 0 });
  expect(following.output()).toBe('first\n');
  expect(await place.ok(['log', drvPath], call)).toBe('first\n');
});

interface Told {
  readonly action: string;
  readonly type?: number;
  readonly fields?: readonly unknown[];
}

const toldIn = (stderr: string): Told[] =>
  stderr.split('\n').flatMap((line) => (line.startsWith('@nix ') ? [JSON.parse(line.slice(5)) as Told] : []));

/** What tools make their pictures of: which kinds of events there are, and of what their fields are. */
function shape(told: readonly Told[], name: string): string[] {
  const seen = new Set<string>();
  for (const { action, type, fields = [] } of told) {
    if (action === 'msg' || (action === 'start' && type !== 105) || (action === 'result' && type !== 101)) continue;
    const shapes = fields.map((field) => (String(field).includes(name) ? 'derivation' : typeof field));
    seen.add([action, type, ...shapes].join(' '));
  }
  return [...seen].sort();
}

oracleTest('internal-json has the events of a build that the real Nix has', async () => {
  place.write('told.nix', 'with import ./lib.nix; build "told" "echo one; echo two; echo > $out"');
  const ours = await place.run(['build', 'told.nix', '--no-out-link', '--log-format', 'internal-json'], call);
  const env = { ...place.env(), NIX_CONFIG: 'sandbox = false\nsubstituters =' };
  await oracle(['mkdir', '-p', place.at('theirs/nix')]);
  const words = ['nix-build', '--log-format', 'internal-json', '--no-out-link', 'told.nix'];
  const theirs = await oracle(['--store', place.at('theirs/nix'), ...words], { env, cwd: place.folder });
  expect(theirs, theirs.stderr).toMatchObject({ status: 0 });
  expect(shape(toldIn(ours.stderr), 'told.drv')).toEqual(shape(toldIn(theirs.stderr), 'told.drv'));
  expect(ours.stdout).toBe(theirs.stdout);
});
