/** The Debian tree that machines of tests are booted from, and why none can be booted. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { runSync } from '../../../src/base/process.ts';
import { root } from '../program.ts';

export const script = new URL('machine.sh', import.meta.url).pathname;

/** Where set-up puts the tree. */
export const machineTree = process.env['SYSBUILD_TEST_MACHINE'] ?? join(root, '.tools/machine');

export function unbootable(): string | undefined {
  if (process.geteuid?.() !== 0) return 'only root can boot a machine';
  if (!fs.existsSync(join(machineTree, '.complete'))) {
    return `there is no tree at ${machineTree}: scripts/setup --dev makes one`;
  }
  const args = ['-C', '-m', '-p', '-f', '-u', '-i', '-n', 'true'];
  if (runSync('unshare', args).status !== 0) return 'namespaces cannot be made here';
  return process.env['SYSBUILD_TEST_NO_MACHINE'];
}
