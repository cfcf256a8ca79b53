/**
 * Runs two commands in turn and compares them: medians of the pairs' ratios, so that a machine that slows down slows
 * both. Times are taken inside (`bash`'s own `time`), so that the wrapper of a peer is not counted.
 */
import { run } from '../../src/base/process.ts';

export interface Contender {
  readonly name: string;
  /** Words before the shell that measures: a wrapper, or nothing. */
  readonly wrapper: readonly string[];
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Done before each run, uncounted. */
  readonly before?: () => void;
}

export interface Figures {
  /** Seconds. */
  readonly wall: number;
  readonly cpu: number;
  /** KiB, the peak of the resident set; 0 where it cannot be read. */
  readonly memory: number;
}

export interface Comparison {
  readonly ours: Figures;
  readonly theirs: Figures;
  readonly wallRatio: number;
  readonly cpuRatio: number;
  readonly memoryRatio: number;
}

/** What the command says is thrown away; its status is ours. */
const measure = `TIMEFORMAT='figures %R %U %S'; time "$@" >/dev/null 2>&1`;

export async function once(contender: Contender): Promise<Figures> {
  contender.before?.();
  const words = [...contender.wrapper, 'bash', '-c', measure, '_', ...contender.words];
  const env = { ...process.env, ...contender.env };
  const result = await run('/usr/bin/time', ['-f', 'peak %M', ...words], { env });
  if (result.status !== 0) throw new Error(`${contender.name} failed with ${result.status}: ${result.stderr}`);
  const figures = /figures ([\d.]+) ([\d.]+) ([\d.]+)/.exec(result.stderr);
  const peak = /peak (\d+)/.exec(result.stderr);
  if (figures === null) throw new Error(`no figures from ${contender.name}: ${result.stderr}`);
  return { wall: Number(figures[1]), cpu: Number(figures[2]) + Number(figures[3]), memory: Number(peak?.[1] ?? 0) };
}

export async function compare(ours: Contender, theirs: Contender, runs: number): Promise<Comparison> {
  const pairs: { ours: Figures; theirs: Figures }[] = [];
  for (let i = 0; i < runs; i++) pairs.push({ ours: await once(ours), theirs: await once(theirs) });
  const median = (pick: (pair: (typeof pairs)[number]) => number): number => {
    const sorted = pairs.map(pick).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  };
  const side = (name: 'ours' | 'theirs'): Figures => ({
    wall: median((pair) => pair[name].wall),
    cpu: median((pair) => pair[name].cpu),
    memory: median((pair) => pair[name].memory),
  });
  return {
    ours: side('ours'),
    theirs: side('theirs'),
    wallRatio: median((pair) => pair.ours.wall / pair.theirs.wall),
    cpuRatio: median((pair) => pair.ours.cpu / pair.theirs.cpu),
    memoryRatio: median((pair) => pair.ours.memory / pair.theirs.memory),
  };
}

export function formatRow(name: string, c: Comparison): string {
  const cell = (text: string, width: number): string => text.padStart(width);
  return [
    name.padEnd(28),
    cell(c.wallRatio.toFixed(2), 7),
    cell(c.cpuRatio.toFixed(2), 7),
    cell(c.memoryRatio.toFixed(2), 7),
    cell(`${c.ours.wall.toFixed(3)} / ${c.theirs.wall.toFixed(3)} s`, 22),
    cell(`${Math.round(c.ours.memory / 1024)} / ${Math.round(c.theirs.memory / 1024)} MiB`, 18),
  ].join(' ');
}

export const heading = [
  'ratio to Nix (1.0)'.padEnd(28),
  '   wall',
  '    cpu',
  ' memory',
  '      ours / Nix, wall',
  '  ours / Nix, peak',
].join(' ');
