/**
 * Global set-up of the tests: whether a machine boots here is found out by booting one. Hosts differ in what they allow
 * (namespaces, cgroups, overlays), and no list of questions would ask them all.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSync } from '../../../src/base/process.ts';
import { root } from '../program.ts';
import { machineTree, script, unbootable } from './tree.ts';

export default function setup(): void {
  if (unbootable() !== undefined) return;
  const state = fs.mkdtempSync(join(tmpdir(), 'sysbuild-machine-probe-'));
  const env = { ...process.env, SHARE: root.replace(/\/$/, '') };
  const { status, stderr } = runSync('bash', [script, 'boot', machineTree, state], { env });
  runSync('bash', [script, 'cut', state]);
  runSync('rm', ['-rf', state]);
  if (status !== 0)
    process.env['SYSBUILD_TEST_NO_MACHINE'] = `none boots here: ${stderr.trim().split('\n').at(-1) ?? ''}`;
}
