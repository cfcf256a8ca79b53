/**
 * `builtin:buildenv`: one tree of symbolic links to the files of many packages, as Nix's profiles are. Attributes:
 * `derivations`, a list of words `active priority count path…` for each package, and `manifest`, the target of the
 * link `manifest.nix`. A directory that several packages have becomes a directory of links; of files that several
 * packages have, that of the lowest priority number is taken, and two of the same number are an error.
 */
import * as fs from 'node:fs';
import { bytesOf, fromUnicode } from '../../base/bytes.ts';
import { BuildError } from '../errors.ts';
import { attribute, type BuiltinJob, invalid, requiredAttribute, words } from './job.ts';
import { LogicalTree } from './logical-tree.ts';

interface Package {
  readonly path: string;
  readonly priority: number;
}

/** Packages that others bring along come after all that were asked for. */
const firstPropagated = 1000;

export async function buildenv(job: BuiltinJob): Promise<void> {
  const manifest = requiredAttribute(job, 'manifest');
  const environment = new Environment(job);
  const packages = packagesOf(job).sort((a, b) => a.priority - b.priority || (a.path < b.path ? -1 : 1));
  for (const { path, priority } of packages) environment.add(path, priority);
  for (let priority = firstPropagated; environment.postponed.size > 0; ) {
    for (const path of environment.takePostponed()) {
      environment.add(path, priority);
      priority += 1;
    }
  }
  environment.root.set('manifest.nix', { kind: 'link', target: manifest, priority: 0 });
  write(environment.root, fromUnicode(job.outputPlace('out')));
}

function packagesOf(job: BuiltinJob): Package[] {
  if (attribute(job, 'derivations') === undefined) throw invalid(job, "needs the attribute 'derivations'");
  const list = words(job, 'derivations');
  const packages: Package[] = [];
  for (let at = 0; at < list.length; ) {
    const [active, priority, count] = [list[at], Number(list[at + 1]), Number(list[at + 2])];
    const paths = list.slice(at + 3, at + 3 + count);
    if (!Number.isInteger(priority) || !Number.isInteger(count) || paths.length !== count) {
      throw invalid(job, "has a list 'derivations' that is damaged");
    }
    if (active !== 'false') packages.push(...paths.map((path) => ({ path, priority })));
    at += 3 + count;
  }
  return packages;
}

type Directory = Map<string, Node>;
type Node =
  | { readonly kind: 'directory'; readonly entries: Directory }
  | { readonly kind: 'link'; readonly target: string; readonly priority: number };

/** Useless in an environment, or in the way of each other. */
const leftOut = /\/(propagated-build-inputs|nix-support|perllocal\.pod|info\/dir|log|manifest\.nix|manifest\.json)$/;

class Environment {
  readonly root: Directory = new Map();
  postponed = new Set<string>();
  readonly #done = new Set<string>();
  readonly #tree: LogicalTree;
  readonly #job: BuiltinJob;

  constructor(job: BuiltinJob) {
    this.#job = job;
    this.#tree = new LogicalTree(job);
  }

  takePostponed(): string[] {
    const paths = [...this.postponed].sort();
    this.postponed = new Set();
    return paths;
  }

  add(path: string, priority: number): void {
    if (this.#done.has(path)) return;
    this.#done.add(path);
    if (this.#tree.resolve(path)?.kind !== 'directory') {
      this.#job.log(`leaving out '${path}', which is no directory`);
      return;
    }
    this.#merge(path, this.root, priority);
    const propagated = `${path}/nix-support/propagated-user-env-packages`;
    const found = this.#tree.resolve(propagated);
    if (found?.kind !== 'regular') return;
    for (const other of this.#tree.readText(found.path).split(/[ \n]+/)) {
      if (other !== '' && !this.#done.has(other)) this.postponed.add(other);
    }
  }

  #merge(source: string, target: Directory, priority: number): void {
    for (const name of this.#tree.entries(this.#tree.resolve(source)!.path)) {
      if (name.startsWith('.')) continue;
      const path = `${source}/${name}`;
      const found = this.#tree.resolve(path);
      if (found === undefined) this.#job.log(`leaving out '${path}', a link to nothing`);
      else if (!leftOut.test(path)) this.#put(target, name, path, found.kind === 'directory', priority);
    }
  }

  #put(target: Directory, name: string, path: string, isDirectory: boolean, priority: number): void {
    const there = target.get(name);
    if (there === undefined) target.set(name, { kind: 'link', target: path, priority });
    else if (isDirectory) this.#putDirectory(target, name, path, there, priority);
    else if (there.kind === 'directory') throw this.#collision(path, name, 'a directory');
    else if (there.priority === priority) throw this.#conflict(there.target, path, priority);
    else if (there.priority > priority) target.set(name, { kind: 'link', target: path, priority });
  }

  /** Two directories become one; what was a link to the first becomes a directory of links. */
  #putDirectory(target: Directory, name: string, path: string, there: Node, priority: number): void {
    if (there.kind === 'directory') {
      this.#merge(path, there.entries, priority);
      return;
    }
    const first = this.#tree.resolve(there.target);
    if (first?.kind !== 'directory') throw this.#collision(path, name, there.target);
    const entries: Directory = new Map();
    target.set(name, { kind: 'directory', entries });
    this.#merge(first.path, entries, there.priority);
    this.#merge(path, entries, priority);
  }

  #collision(path: string, name: string, other: string): BuildError {
    return new BuildError('build/builder-failed', `'${path}' and ${other} collide: only one of them is a directory`, {
      details: { drvPath: this.#job.drvPath, name, path },
    });
  }

  #conflict(first: string, second: string, priority: number): BuildError {
    return new BuildError('build/builder-failed', `two packages have the same file:\n  ${first}\n  ${second}`, {
      hint: `Give one of the packages a priority other than ${priority}: the lower number wins.`,
      details: { drvPath: this.#job.drvPath, files: [first, second], priority },
    });
  }
}

function write(directory: Directory, path: string): void {
  fs.mkdirSync(bytesOf(path), 0o755);
  for (const [name, node] of directory) {
    if (node.kind === 'directory') write(node.entries, `${path}/${name}`);
    else fs.symlinkSync(bytesOf(node.target), bytesOf(`${path}/${name}`));
  }
}
