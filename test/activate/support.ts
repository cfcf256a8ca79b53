/** Scratch machines for the tests of activation: a root folder, a real store in it, systems made by hand. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { MachineOptions } from '../../src/activate/index.ts';
import { fromUnicode } from '../../src/base/bytes.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { type LocalStore, removeTree } from '../../src/store/index.ts';
import { openScratch, type Scratch } from './support-open.ts';

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

/** A declared file: a text, `{ link }`, `{ folder: mode }`, or a text with attributes. */
export type FileSpec =
  | string
  | { readonly link: string }
  | { readonly folder: string }
  | { readonly text: string; readonly mode?: string; readonly user?: string; readonly group?: string }
  | { readonly source: string; readonly mode?: string };

export type FilesSpec = Readonly<Record<string, FileSpec>>;

export interface SystemSpec {
  readonly name?: string;
  readonly files?: FilesSpec;
  readonly packages?: readonly { readonly name: string; readonly version: string; readonly path: string }[];
  readonly sw?: string;
}

/** Puts a system with these files into the store, as a build of the module library would. */
export function makeSystem(store: LocalStore, spec: SystemSpec): StorePath {
  const sw = spec.sw ?? addTree(store, 'sw', {});
  const files = Object.entries(spec.files ?? {}).map(([path, file]) => manifestFile(store, path, file));
  const manifest = {
    format: 'sysbuild-manifest',
    version: 1,
    name: spec.name ?? 'test',
    hostName: spec.name ?? 'test',
    platform: 'x86_64-linux',
    sw,
    packages: spec.packages ?? [],
    files,
  };
  const text = JSON.stringify(manifest);
  const mentioned = [...text.matchAll(/\/nix\/store\/[0-9a-z]{32}-[\w.+=?-]+/g)].map((match) => match[0] as StorePath);
  return addTree(
    store,
    `system-${spec.name ?? 'test'}`,
    { 'manifest.json': text, sw: { link: sw } },
    [...new Set(mentioned)].sort(),
  );
}

function manifestFile(store: LocalStore, path: string, file: FileSpec): Record<string, unknown> {
  const head = { path, realm: 'congruent', option: `files."${path}"`, definedIn: 'machine.nix' };
  if (typeof file === 'string') return manifestFile(store, path, { text: file });
  if ('link' in file) return { ...head, kind: 'symlink', target: file.link };
  if ('folder' in file) return { ...head, kind: 'directory', mode: file.folder, user: 'root', group: 'root' };
  const source = 'source' in file ? file.source : store.addText('source', fromUnicode(file.text), []);
  const { user = 'root', group = 'root' } = 'text' in file ? file : {};
  return { ...head, kind: 'copy', source, mode: file.mode ?? '0644', user, group };
}

/** A store path of a folder with these files (text), programs (`{ program }`) and links. */
export function addTree(
  store: LocalStore,
  name: string,
  files: Readonly<Record<string, string | { readonly program: string | Uint8Array } | { readonly link: string }>>,
  references: readonly StorePath[] = [],
): StorePath {
  const folder = fs.mkdtempSync(join(tmpdir(), 'sysbuild-tree-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      const place = join(folder, path);
      fs.mkdirSync(join(place, '..'), { recursive: true });
      if (typeof content === 'string') fs.writeFileSync(place, content);
      else if ('link' in content) fs.symlinkSync(content.link, place);
      else fs.writeFileSync(place, content.program, { mode: 0o755 });
    }
    return store.addPath({ physicalPath: folder, name, ingestion: 'nar', references });
  } finally {
    removeTree(folder);
  }
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
