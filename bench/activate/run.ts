/**
 * How long a switch of a running machine takes with 200 units and 2,000 entries of /etc: when nothing differs, and when
 * one line and one service do. Beside it the same work as a shell script does it that looks at every file and every unit.
 *
 *     node bench/activate/run.ts [RUNS]      as root, after scripts/setup --dev
 */
import { performance } from 'node:perf_hooks';
import { SystemdMachine } from '../../test/support/machine/machine.ts';
import { root } from '../../test/support/program.ts';

const runs = Number(process.argv[2] ?? 5);
const machine = await SystemdMachine.boot(() => {});

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function median(work: (index: number) => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let index = 0; index < runs; index++) all.push(await seconds(() => work(index)));
  return all.sort((a, b) => a - b)[all.length >> 1]!;
}

try {
  const made = await machine.run([`${root}/node_modules/.bin/node`, `${root}/bench/activate/inside.ts`]);
  const [one, two] = JSON.parse(made.stdout) as [string, string];
  const first = await seconds(() => machine.ok('switch', one));
  const same = await median(() => machine.ok('switch', one));
  const line = await median((index) => machine.ok('switch', index % 2 === 0 ? two : one));

  // The peer: both forms as plain trees, and the units as they are.
  await machine.sh(
    'mkdir /srv/one /srv/two; cp -a /etc/large/. /srv/one; cp -a /etc/large/. /srv/two; echo two >/srv/two/one-line; echo one >/srv/one/one-line',
  );
  const peer = (tree: string) =>
    machine.run(['sh', `${root}/bench/activate/peer.sh`, `/srv/${tree}`, 'large-7.service']);
  await peer('one');
  const peerSame = await median(() => peer('one'));
  const peerLine = await median((index) => peer(index % 2 === 0 ? 'two' : 'one'));

  const row = (what: string, ours: number, theirs: number): string =>
    `${what.padEnd(34)}${ours.toFixed(2).padStart(8)} s${theirs.toFixed(2).padStart(10)} s`;
  console.log('200 units, 2,000 entries of /etc'.padEnd(34) + '  switch'.padStart(10) + 'shell script'.padStart(12));
  console.log(`${'the first switch'.padEnd(34)}${first.toFixed(2).padStart(8)} s`);
  console.log(row('nothing differs', same, peerSame));
  console.log(row('one line and its service differ', line, peerLine));
} finally {
  await machine.powerCut();
  machine.forget();
}
