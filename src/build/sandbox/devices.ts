/**
 * Device nodes for builders that root runs. To the kernel such a builder's user is root, the owner of the machine's
 * own nodes, who may change their modes for everybody: it gets others.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fromUnicode } from '../../base/bytes.ts';
import { runSync } from '../../base/process.ts';
import type { Mount } from './spec.ts';

/** Major and minor numbers, all of character devices. */
const nodes = {
  null: [1, 3],
  zero: [1, 5],
  full: [1, 7],
  random: [1, 8],
  urandom: [1, 9],
  tty: [5, 0],
} as const;

/**
 * Makes the nodes in a folder; returns the mounts that put them into `/dev`, none where they cannot be made or used
 * (in a container, or on a file system without devices): there the machine's own nodes are not ours to spoil.
 */
export function ownDevices(folder: string): Mount[] {
  fs.mkdirSync(folder);
  const commands = Object.entries(nodes).map(([name, [major, minor]]) => `mknod -m 666 ${name} c ${major} ${minor}`);
  const made = runSync('/bin/sh', ['-ec', commands.join('\n')], { cwd: folder });
  if (made.status !== 0 || !isUsable(join(folder, 'null'))) return [];
  return Object.keys(nodes).map((name) => ({
    kind: 'device',
    source: fromUnicode(join(folder, name)),
    target: `/dev/${name}`,
  }));
}

function isUsable(node: string): boolean {
  try {
    fs.closeSync(fs.openSync(node, 'r+'));
    return true;
  } catch {
    return false;
  }
}
