/**
 * A hundred deviations, made by hand on a managed Debian machine with systemd: each is found, in the right realm, and
 * repaired or reported as its realm demands; nothing else is touched.
 */
import * as fs from 'node:fs';
import { expect } from 'vitest';
import type { DriftReport } from '../../../src/activate/index.ts';
import { machineTest, type SystemdMachine } from '../../support/machine/machine.ts';
import { type Deviation, deviations } from './hundred/deviations.ts';
import { managed } from './hundred/managed.ts';

const folder = new URL('hundred/', import.meta.url).pathname;

type Found = DriftReport['deviations'][number];

async function drift(
  machine: SystemdMachine,
  ...options: string[]
): Promise<{ status: number | null; found: readonly Found[] }> {
  const { status, stdout, stderr } = await machine.sysbuild('drift', '--json', ...options);
  expect(stdout, stderr).not.toBe('');
  return { status, found: (JSON.parse(stdout) as DriftReport).deviations };
}

const nameOf = ({ subject }: Found): string =>
  subject.type === 'path' ? subject.name : `${subject.type} ${subject.name}`;

/** A process is named with its number, which changes. */
const isAbout = (found: Found, { subject }: Deviation): boolean =>
  nameOf(found) === subject || (subject.startsWith('process ') && nameOf(found).startsWith(`${subject} (`));

const told = ({ realm, verdict, subject }: Deviation): string => `${subject}: ${realm}, ${verdict}`;

machineTest(
  'a hundred deviations are found, judged by their realms, and repaired where they should be',
  async (machine) => {
    const prepared = await machine.run(['sh', `${folder}prepare.sh`]);
    expect(prepared.status, prepared.stderr).toBe(0);
    const [system] = await machine.make(managed);
    await machine.ok('switch', system!);
    const first = await machine.sysbuild('converge');
    expect(first.status, first.stdout + first.stderr).toBe(0);
    // Two looks: the first one remembers, the second one has nothing to say of what we do next.
    await drift(machine);
    const before = await drift(machine);
    expect(before.found.filter(({ verdict }) => verdict === 'alarm' || verdict === 'repair')).toEqual([]);
    const known = new Set(before.found.map((one) => `${nameOf(one)} ${one.aspect}`));

    expect(deviations.length).toBeGreaterThanOrEqual(100);
    for (const { shell, subject } of deviations) {
      const done = await machine.run(['sh', '-c', shell]);
      expect(done.status, `${subject}: ${done.stderr}`).toBe(0);
    }

    const after = await drift(machine);
    expect(after.status).toBe(8);
    const fresh = after.found.filter((one) => !known.has(`${nameOf(one)} ${one.aspect}`));
    const missed = deviations.filter(
      (deviation) =>
        !fresh.some(
          (one) => isAbout(one, deviation) && one.realm === deviation.realm && one.verdict === deviation.verdict,
        ),
    );
    expect(
      missed.map(
        (one) =>
          `${told(one)}; found: ${fresh
            .filter((other) => isAbout(other, one))
            .map(({ realm, verdict, aspect }) => `${realm} ${verdict} ${aspect}`)
            .join(' ')}`,
      ),
    ).toEqual([]);

    // Looking changed nothing: it says the same again, but for what is told once.
    const again = await drift(machine, '--forget');
    const lasting = (found: readonly Found[]): string[] =>
      found
        .filter(({ verdict }) => !['growth', 'inventory'].includes(verdict))
        .map((one) => `${nameOf(one)} ${one.aspect} ${one.found}`);
    expect(lasting(again.found)).toEqual(lasting(after.found));

    const converged = await machine.sysbuild('converge', '--json');
    const report = JSON.parse(converged.stdout) as {
      resources: { name: string; outcome: string; cause?: string; detail?: string }[];
    };
    const failed = report.resources.filter(({ outcome }) => outcome !== 'kept' && outcome !== 'repaired');
    expect(failed).toEqual([]);
    expect(report.resources.filter(({ cause }) => cause === 'intentional')).toEqual([]);

    const repaired = await drift(machine);
    const left = (verdict: Deviation['verdict']): Deviation[] =>
      deviations.filter((one) => one.verdict === verdict && repaired.found.some((other) => isAbout(other, one)));
    expect(left('repair').map(told)).toEqual([]);
    // The others are where they were: nobody was asked to touch them.
    expect(left('alarm')).toHaveLength(deviations.filter(({ verdict }) => verdict === 'alarm').length);
    expect(left('report')).toHaveLength(deviations.filter(({ verdict }) => verdict === 'report').length);
    expect(
      await machine.sh(
        'cat /opt/legacy/one /srv/uploads/picture /opt/miner; ls /opt/legacy; id -u bob >/dev/null && echo bob',
      ),
    ).toBe('changed\nother\n1\ndisk\nfour\none\nthree\nbob');
    expect(await machine.ok('journal', '--verify')).toContain('an unbroken chain');
    if (process.env['KEEP_REPORT'])
      fs.writeFileSync(process.env['KEEP_REPORT'], JSON.stringify({ fresh, report }, null, 1));
  },
  900_000,
);
