/** Global set-up of the tests: the bundle that `bin/sysbuild` runs is that of the sources under test. */
export default async function setup(): Promise<void> {
  await import('../../scripts/bundle.ts');
}
