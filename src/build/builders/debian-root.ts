/**
 * `builtin:sysbuild-debian-root`: the files of many unpacked Debian packages as one tree, laid out as dpkg would lay
 * them out on a machine whose `/bin`, `/lib` and their like are links into `/usr`. Attributes: `packages`, and
 * `leaveOut`, folders of the tree that are not wanted. Files are hard links to those of the packages: the tree needs
 * hardly any space. Scripts of packages do not run; the links that they would make for a few common names
 * (`awk`, `cc`, `sh` …) are made here.
 */
import * as fs from 'node:fs';
import { byteString, bytesOf, fromUnicode } from '../../base/bytes.ts';
import { isStorePath } from '../../formats/index.ts';
import { BuildError } from '../errors.ts';
import { type BuiltinJob, invalid, words } from './job.ts';

/** Folders of the root that are links into `/usr`. */
const merged: ReadonlySet<string> = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']);

/** Names that a package's script, or an administrator, would choose the program for: the first that is there. */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  awk: ['gawk', 'mawk', 'original-awk'],
  'c++': ['g++', 'clang++'],
  c89: ['c89-gcc'],
  c99: ['c99-gcc'],
  cc: ['gcc', 'clang', 'tcc'],
  nawk: ['gawk', 'mawk'],
  pager: ['less', 'more'],
  sh: ['dash', 'bash'],
  which: ['which.debianutils'],
  yacc: ['bison.yacc', 'byacc'],
};

export async function debianRoot(job: BuiltinJob): Promise<void> {
  const packages = words(job, 'packages').map((path) => {
    if (isStorePath(job.storeDir, path) && job.isInput(path)) return path;
    throw invalid(job, `has '${path}' in its 'packages', which is none of its inputs`);
  });
  const root = new Root(job, fromUnicode(job.outputPlace('out')), new Set(words(job, 'leaveOut')));
  for (const path of packages) {
    root.add(path, fromUnicode(job.realPath(path)));
    job.signal.throwIfAborted();
    // Reading is synchronous: others get their turn between two packages.
    await new Promise((resolve) => setImmediate(resolve));
  }
  root.finish();
}

type Kind = 'directory' | 'file' | 'link';

class Root {
  readonly #job: BuiltinJob;
  readonly #target: string;
  readonly #leftOut: ReadonlySet<string>;
  /** What stands at each path, and which package it came from. */
  readonly #known = new Map<string, { readonly kind: Kind; readonly owner: string }>();

  constructor(job: BuiltinJob, target: string, leftOut: ReadonlySet<string>) {
    this.#job = job;
    this.#target = target;
    this.#leftOut = leftOut;
    fs.mkdirSync(bytesOf(target), 0o755);
    this.#directory('usr', 'sysbuild');
  }

  add(owner: string, source: string): void {
    for (const name of namesIn(source)) {
      const path = merged.has(name) ? `usr/${name}` : name;
      this.#put(owner, `${source}/${name}`, path);
    }
  }

  /** Links for names that no package has. */
  finish(): void {
    for (const name of merged) {
      if (this.#known.get(`usr/${name}`)?.kind === 'directory') this.#link(name, `usr/${name}`);
    }
    for (const [name, programs] of Object.entries(alternatives)) {
      const found = programs.find((program) => this.#known.has(`usr/bin/${program}`));
      if (found !== undefined && !this.#known.has(`usr/bin/${name}`)) this.#link(`usr/bin/${name}`, found);
    }
  }

  #put(owner: string, source: string, path: string): void {
    if (this.#leftOut.has(path)) return;
    const state = fs.lstatSync(bytesOf(source));
    const there = this.#known.get(path);
    if (state.isDirectory()) {
      // A link that another package has there leads to where these files belong.
      if (there?.kind === 'file') throw this.#collision(path, there.owner, owner);
      if (there === undefined) this.#directory(path, owner);
      for (const name of namesIn(source)) this.#put(owner, `${source}/${name}`, `${path}/${name}`);
      return;
    }
    if (there !== undefined) {
      if (this.#isSame(source, path)) return;
      throw this.#collision(path, there.owner, owner);
    }
    if (state.isSymbolicLink()) this.#link(path, byteString(fs.readlinkSync(bytesOf(source), 'buffer')), owner);
    else {
      fs.linkSync(bytesOf(source), bytesOf(`${this.#target}/${path}`));
      this.#known.set(path, { kind: 'file', owner });
    }
  }

  #directory(path: string, owner: string): void {
    fs.mkdirSync(bytesOf(`${this.#target}/${path}`), 0o755);
    this.#known.set(path, { kind: 'directory', owner });
  }

  #link(path: string, target: string, owner = 'sysbuild'): void {
    fs.symlinkSync(bytesOf(target), bytesOf(`${this.#target}/${path}`));
    this.#known.set(path, { kind: 'link', owner });
  }

  /** Two packages may have the same file: what matters is that it is the same. */
  #isSame(source: string, path: string): boolean {
    const [one, other] = [bytesOf(source), bytesOf(`${this.#target}/${path}`)];
    const [state, otherState] = [fs.lstatSync(one), fs.lstatSync(other)];
    if (state.isSymbolicLink() && otherState.isSymbolicLink()) return fs.readlinkSync(one) === fs.readlinkSync(other);
    if (!state.isFile() || !otherState.isFile() || state.size !== otherState.size) return false;
    return fs.readFileSync(one).equals(fs.readFileSync(other));
  }

  #collision(path: string, first: string, second: string): BuildError {
    return new BuildError(
      'build/builder-failed',
      `two packages have different files at '/${path}':\n  ${first}\n  ${second}`,
      {
        hint: 'Leave one of the packages out.',
        details: { drvPath: this.#job.drvPath, path, packages: [first, second] },
      },
    );
  }
}

function namesIn(folder: string): string[] {
  const names = fs.readdirSync(bytesOf(folder), { encoding: 'buffer' });
  return names.map((name) => byteString(name)).sort();
}
