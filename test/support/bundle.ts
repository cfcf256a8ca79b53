/** Global set-up of the tests: the bundle that `bin/sysbuild` runs is that of the sources under test. */
import { statSync } from 'node:fs';
import fg from 'fast-glob';
import { runSync } from '../../src/base/process.ts';

const root = new URL('../..', import.meta.url).pathname;

export default function setup(): void {
  const bundled = statSync(`${root}dist/main.cjs`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = fg.sync(['src/**/*.ts', 'scripts/bundle.ts', 'package-lock.json'], { cwd: root, stats: true });
  if (!sources.some((source) => source.path === 'src/cli/main.ts')) return;
  if (sources.every((source) => source.stats!.mtimeMs < bundled)) return;
  const result = runSync(process.execPath, ['scripts/bundle.ts'], { cwd: root });
  if (result.status === 0) return;
  // Tests of single rooms can run all the same; those of the program find this and fail with it.
  process.env['BUNDLE_ERROR'] = result.stderr;
}
