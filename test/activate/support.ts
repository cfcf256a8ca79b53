/** Scratch machines for the tests of activation: a root folder, a real store in it, systems made by hand. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { MachineOptions } from '../../src/activate/index.ts';
import { removeTree } from '../../src/store/index.ts';
import { openScratch, type Scratch } from './support-open.ts';

export { addTree, type FileSpec, type FilesSpec, makeSystem, type SystemSpec } from './make-system.ts';
export { openScratch, type Scratch } from './support-open.ts';

const memoryFolder = ['/dev/shm'].find((folder) => {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return fs.statfsSync(folder).bavail * fs.statfsSync(folder).bsize > 1 << 26;
  } catch {
    return false;
  }
});

/** A folder that is gone after the test; in memory where the machine has such a place, since these tests sync a lot. */
export function scratchFolder(): string {
  return temporaryFolder(memoryFolder ?? tmpdir());
}

/** The same on disk, where other programs of the machine see it too. */
export function scratchDiskFolder(): string {
  return temporaryFolder(tmpdir());
}

function temporaryFolder(parent: string): string {
  const folder = fs.mkdtempSync(join(parent, 'sysbuild-activate-test-'));
  onTestFinished(() => {
    removeTree(folder);
  });
  return folder;
}

export function scratchMachine(options: Partial<MachineOptions> = {}): Scratch {
  const scratch = openScratch(scratchFolder(), options);
  onTestFinished(() => scratch.store.close());
  return scratch;
}

/** All that is on a machine but its store and our records: each path with its kind, mode and content. */
export function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of fs.readdirSync(root + path).sort()) {
      const inner = `${path}/${name}`;
      if (inner === '/nix' || inner === '/var/lib/sysbuild') continue;
      const stat = fs.lstatSync(root + inner);
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isSymbolicLink()) found[inner] = `-> ${fs.readlinkSync(root + inner)}`;
      else if (stat.isDirectory()) {
        // The folders that our own records are in are not part of the machine.
        if (inner !== '/var' && inner !== '/var/lib') found[inner] = `folder ${mode}`;
        walk(inner);
      } else found[inner] = `file ${mode} ${fs.readFileSync(root + inner, 'utf8')}`;
    }
  };
  walk('');
  return found;
}

/** Writes files by hand, as somebody else on the machine would: text, `{ link }`, or a folder with more. */
export function putByHand(root: string, files: Readonly<Record<string, string | { readonly link: string }>>): void {
  for (const [path, content] of Object.entries(files)) {
    fs.mkdirSync(join(root, path, '..'), { recursive: true });
    fs.rmSync(join(root, path), { recursive: true, force: true });
    if (typeof content === 'string') fs.writeFileSync(join(root, path), content);
    else fs.symlinkSync(content.link, join(root, path));
  }
}
