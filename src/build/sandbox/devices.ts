/**
 * Device nodes for builders that root runs. To the kernel such a builder's user is root, the owner of the machine's
 * own nodes, who may change their modes for everybody: it gets others.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fromUnicode } from '../../base/bytes.ts';
import { runSync } from '../../base/process.ts';
import { nodeKinds, systemCalls } from '../../base/system-calls.ts';
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

export interface OwnDevices {
  /** What puts the nodes into `/dev`; nothing where they can be made nowhere, as in a container. */
  readonly mounts: readonly Mount[];
  remove(): void;
}

/** @param folder where they are made, unless its file system is mounted without devices */
export function ownDevices(folder: string): OwnDevices {
  for (const parent of [folder, '/var/tmp', '/tmp']) {
    const made = fs.mkdtempSync(join(parent, 'sysbuild-devices-'));
    const remove = (): void => fs.rmSync(made, { recursive: true, force: true });
    if (makeNodes(made)) return { mounts: mountsOf(made), remove };
    remove();
  }
  return { mounts: [], remove: () => {} };
}

function makeNodes(folder: string): boolean {
  return (makeNodesByCalls(folder) || makeNodesByProgram(folder)) && isUsable(join(folder, 'null'));
}

function makeNodesByCalls(folder: string): boolean {
  const calls = systemCalls();
  if (calls === undefined) return false;
  return Object.entries(nodes).every(([name, [major, minor]]) => {
    const path = join(folder, name);
    if (calls.makeNode(Buffer.from(path), nodeKinds.characterDevice | 0o666, (major << 8) | minor) !== 0) return false;
    fs.chmodSync(path, 0o666);
    return true;
  });
}

function makeNodesByProgram(folder: string): boolean {
  for (const name of Object.keys(nodes)) fs.rmSync(join(folder, name), { force: true });
  const commands = Object.entries(nodes).map(([name, [major, minor]]) => `mknod -m 666 ${name} c ${major} ${minor}`);
  return runSync('/bin/sh', ['-ec', commands.join('\n')], { cwd: folder }).status === 0;
}

function mountsOf(folder: string): Mount[] {
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
