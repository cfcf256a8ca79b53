/** What is compared: for each case a command of ours, one of Nix's, and the state that both begin with. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { ended, runSync, start } from '../../src/base/process.ts';
import { removeTree } from '../../src/store/index.ts';
import type { Contender } from '../support/pairs.ts';
import { makeFile, makePaths, makeTree, material } from './materials.ts';

export interface Bench {
  /** Of the project. */
  readonly root: string;
  readonly scratch: string;
  /** The words of the command that runs the real Nix. */
  readonly reference: readonly string[];
  /** Our driver, bundled. */
  readonly driver: string;
  readonly scale: number;
}

export interface Made {
  readonly ours: Contender;
  readonly theirs: Contender;
  /** Before each run of either: the state that it begins with. */
  prepare(): void;
  done?(): Promise<void> | void;
}

export interface Case {
  readonly name: string;
  make(): Promise<Made> | Made;
}

const durability = { synced: true, unsynced: false } as const;
type Durability = keyof typeof durability;

export function casesOf(bench: Bench): Case[] {
  const both = Object.keys(durability) as Durability[];
  return [
    ...both.map((how) => addTree(bench, how)),
    ...both.map((how) => addFile(bench, how)),
    hashCase(bench, 'hash'),
    hashCase(bench, 'dump'),
    restoreCase(bench),
    registerCase(bench),
    closureCase(bench),
    collectCase(bench),
    verifyCase(bench),
    ...(['zstd', 'xz'] as const).flatMap((compression) => [
      copyTo(bench, compression),
      ...both.map((how) => copyFrom(bench, compression, how)),
    ]),
  ];
}

/** An empty store for each side. */
class Stores {
  readonly bench: Bench;
  /** Holds `nix/store` and `nix/var`. */
  readonly folder: string;

  constructor(bench: Bench) {
    this.bench = bench;
    this.folder = join(bench.scratch, 'store');
  }

  clear(): void {
    removeTree(this.folder);
    fs.mkdirSync(join(this.folder, 'nix'), { recursive: true });
  }

  /** Keeps what is in it now, to begin with it again. */
  keep(): void {
    removeTree(`${this.folder}.kept`);
    fs.renameSync(this.folder, `${this.folder}.kept`);
  }

  restore(): void {
    removeTree(this.folder);
    run('cp', ['-a', `${this.folder}.kept`, this.folder]);
  }

  ours(words: readonly string[], how: Durability = 'synced'): Contender {
    const durable = durability[how] ? [] : ['--no-fsync-store-paths'];
    return contender(
      'sysbuild',
      [],
      [join(this.bench.root, 'bin/sysbuild'), ...words, '--store', this.folder, ...durable],
      {
        XDG_CACHE_HOME: join(this.bench.scratch, 'cache'),
      },
    );
  }

  theirs(words: readonly string[], how: Durability = 'unsynced'): Contender {
    return contender('nix', [...this.bench.reference, '--store', join(this.folder, 'nix')], words, {
      NIX_CONFIG: `fsync-store-paths = ${durability[how]}\nrequire-sigs = false\nsubstituters =\nbuild-users-group =\nextra-experimental-features = nix-command`,
      HOME: join(this.bench.scratch, 'cache'),
    });
  }
}

function contender(
  name: string,
  wrapper: readonly string[],
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Contender {
  return { name: `${name} ${words.join(' ').slice(0, 60)}`, wrapper, words, env };
}

function run(program: string, words: readonly string[]): void {
  const { status, stderr } = runSync(program, words);
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
}

function addTree(bench: Bench, how: Durability): Case {
  const files = Math.round(20_000 * bench.scale);
  return {
    name: `add ${files} files, ${how}`,
    make() {
      const stores = new Stores(bench);
      const tree = join(bench.scratch, 'tree');
      if (!fs.existsSync(tree)) makeTree(tree, files);
      return {
        ours: stores.ours(['store', 'add', tree], how),
        theirs: stores.theirs(['nix-store', '--add', tree], how),
        prepare: () => stores.clear(),
      };
    },
  };
}

const gibibyte = 1024 * 1024 * 1024;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

function largeFile(bench: Bench): string {
  const file = join(bench.scratch, 'file');
  if (!fs.existsSync(file)) makeFile(file, Math.round(gibibyte * bench.scale));
  return file;
}

function addFile(bench: Bench, how: Durability): Case {
  return {
    name: `add ${megabytes(Math.round(gibibyte * bench.scale))}, ${how}`,
    make() {
      const stores = new Stores(bench);
      const file = largeFile(bench);
      return {
        ours: stores.ours(['store', 'add', file], how),
        theirs: stores.theirs(['nix-store', '--add', file], how),
        prepare: () => stores.clear(),
      };
    },
  };
}

function mixedTree(bench: Bench): string {
  const place = join(bench.scratch, 'mixed');
  if (fs.existsSync(place)) return place;
  makeTree(place, Math.round(10_000 * bench.scale));
  makeFile(join(place, 'large'), Math.round((gibibyte / 2) * bench.scale));
  return place;
}

const node = process.execPath;

/** Our driver; its compiled code is kept, as that of the program is. */
function driver(bench: Bench, words: readonly string[]): Contender {
  const env = { NODE_COMPILE_CACHE: join(bench.scratch, 'compiled') };
  return contender('driver', [], [node, bench.driver, ...words], env);
}

function hashCase(bench: Bench, what: 'hash' | 'dump'): Case {
  return {
    name: `${what} a NAR of ${megabytes((gibibyte / 2) * bench.scale)} and files`,
    make() {
      const place = mixedTree(bench);
      const words =
        what === 'hash' ? ['nix-hash', '--type', 'sha256', '--base32', place] : ['nix-store', '--dump', place];
      return {
        ours: driver(bench, [what, place]),
        theirs: contender('nix', bench.reference, words),
        prepare() {},
      };
    },
  };
}

function restoreCase(bench: Bench): Case {
  return {
    name: 'restore it',
    make() {
      const nar = join(bench.scratch, 'nar');
      const target = join(bench.scratch, 'restored');
      run('sh', ['-c', `${node} ${bench.driver} dump ${mixedTree(bench)} >${nar}`]);
      return {
        ours: driver(bench, ['restore', nar, target]),
        theirs: contender('nix', bench.reference, ['sh', '-c', `nix-store --restore ${target} <${nar}`]),
        prepare: () => void removeTree(target),
        done() {
          removeTree(target);
          fs.rmSync(nar);
        },
      };
    },
  };
}

/** A store with many registered paths, as both sides begin with it. */
function manyPaths(bench: Bench): { stores: Stores; list: string; top: string; count: number } {
  const stores = new Stores(bench);
  const count = Math.round(100_000 * bench.scale);
  const list = join(bench.scratch, 'paths');
  stores.clear();
  const { top } = makePaths(join(stores.folder, 'nix/store'), count, list);
  return { stores, list, top, count };
}

/** The same, registered by the real Nix, and with a root for the first half. */
function filledStore(bench: Bench) {
  const many = manyPaths(bench);
  const [program, ...words] = [...bench.reference, '--store', join(many.stores.folder, 'nix')];
  run(program!, [...words, 'sh', '-c', `nix-store --load-db <${many.list}`]);
  const roots = join(many.stores.folder, 'nix/var/nix/gcroots');
  fs.mkdirSync(roots, { recursive: true });
  fs.symlinkSync(many.top, join(roots, 'top'));
  many.stores.keep();
  return many;
}

function registerCase(bench: Bench): Case {
  return {
    name: `register ${Math.round(100_000 * bench.scale)} paths`,
    make() {
      const { stores, list } = manyPaths(bench);
      return {
        ours: driver(bench, ['register', stores.folder, list]),
        theirs: { ...stores.theirs(['sh', '-c', `nix-store --load-db <${list}`]) },
        prepare: () => void removeTree(join(stores.folder, 'nix/var')),
      };
    },
  };
}

function closureCase(bench: Bench): Case {
  return {
    name: `closure of ${Math.round(50_000 * bench.scale)} of them`,
    make() {
      const { stores, top } = filledStore(bench);
      stores.restore();
      return {
        ours: stores.ours(['store', 'requisites', top]),
        theirs: stores.theirs(['nix-store', '-qR', top]),
        prepare() {},
      };
    },
  };
}

function collectCase(bench: Bench): Case {
  return {
    name: `collect ${Math.round(50_000 * bench.scale)} of them`,
    make() {
      const { stores } = filledStore(bench);
      return {
        ours: stores.ours(['gc']),
        theirs: stores.theirs(['nix-store', '--gc']),
        prepare: () => stores.restore(),
        done: () => void removeTree(`${stores.folder}.kept`),
      };
    },
  };
}

function verifyCase(bench: Bench): Case {
  return {
    name: `verify ${megabytes(Math.round(gibibyte * bench.scale))}`,
    make() {
      const stores = new Stores(bench);
      stores.clear();
      const sources = join(bench.scratch, 'sources');
      fs.mkdirSync(sources, { recursive: true });
      const files = Array.from({ length: 64 }, (_, i) => join(sources, `file-${i}`));
      for (const [i, file] of files.entries()) {
        fs.writeFileSync(file, material(Math.round((gibibyte * bench.scale) / 64), i));
      }
      run(join(bench.root, 'bin/sysbuild'), ['store', 'add', ...files, '--store', stores.folder]);
      removeTree(sources);
      return {
        ours: stores.ours(['store', 'verify', '--check-contents']),
        theirs: stores.theirs(['nix-store', '--verify', '--check-contents']),
        prepare() {},
      };
    },
  };
}

/** Many small paths, as a closure of a system has them: a few KiB each, some of a MiB. */
function pathsToCopy(bench: Bench): { stores: Stores; paths: string[] } {
  const stores = new Stores(bench);
  stores.clear();
  const sources = join(bench.scratch, 'sources');
  const count = Math.round(1000 * bench.scale);
  const places = Array.from({ length: count }, (_, i) => join(sources, `path-${i}`));
  for (const [i, place] of places.entries()) {
    fs.mkdirSync(join(place, 'share'), { recursive: true });
    fs.writeFileSync(join(place, 'file'), material(i % 50 === 0 ? 1024 * 1024 : 2000 + ((i * 97) % 40_000), i));
    fs.writeFileSync(join(place, 'share/text'), `path ${i}\n`);
  }
  const added = runSync(join(bench.root, 'bin/sysbuild'), ['store', 'add', ...places, '--store', stores.folder]);
  if (added.status !== 0) throw new Error(added.stderr);
  removeTree(sources);
  return { stores, paths: added.stdout.trim().split('\n') };
}

async function serving(bench: Bench, folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  fs.mkdirSync(folder, { recursive: true });
  const server = start(node, [join(bench.root, 'bench/store/server.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = ended(server, 'server');
  const port = await new Promise<string>((resolve) =>
    server.stdout!.once('data', (text) => resolve(String(text).trim())),
  );
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.kill();
      await end;
    },
  };
}

function copyTo(bench: Bench, compression: 'zstd' | 'xz'): Case {
  return {
    name: `copy ${Math.round(1000 * bench.scale)} paths to HTTP, ${compression}`,
    async make() {
      const { stores, paths } = pathsToCopy(bench);
      const folder = join(bench.scratch, 'http');
      const key = join(bench.scratch, 'key');
      if (!fs.existsSync(key)) run(join(bench.root, 'bin/sysbuild'), ['key', 'generate', 'bench-1', '-o', key]);
      const { url, stop } = await serving(bench, folder);
      const info = 'StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n';
      return {
        ours: stores.ours(['copy', '--secret-key-files', key, '--to', `${url}?compression=${compression}`, ...paths]),
        theirs: stores.theirs([
          ...['nix', 'copy', '--no-check-sigs', '--to', `${url}?compression=${compression}&secret-key=${key}`],
          ...paths,
        ]),
        prepare() {
          for (const name of fs.readdirSync(folder)) fs.rmSync(join(folder, name), { recursive: true });
          fs.writeFileSync(join(folder, 'nix-cache-info'), info);
          fs.rmSync(join(bench.scratch, 'cache'), { recursive: true, force: true });
          fs.mkdirSync(join(bench.scratch, 'cache'));
        },
        done: stop,
      };
    },
  };
}

function copyFrom(bench: Bench, compression: 'zstd' | 'xz', how: Durability): Case {
  return {
    name: `copy ${Math.round(1000 * bench.scale)} from HTTP, ${compression}, ${how}`,
    async make() {
      const { stores, paths } = pathsToCopy(bench);
      const folder = join(bench.scratch, 'http');
      removeTree(folder);
      run(join(bench.root, 'bin/sysbuild'), [
        'copy',
        '--store',
        stores.folder,
        '--to',
        `file://${folder}?compression=${compression}`,
        ...paths,
      ]);
      const { url, stop } = await serving(bench, folder);
      return {
        ours: stores.ours(['copy', '--no-require-sigs', '--from', url, ...paths], how),
        theirs: stores.theirs(['nix', 'copy', '--no-check-sigs', '--from', url, ...paths], how),
        prepare() {
          stores.clear();
          fs.rmSync(join(bench.scratch, 'cache'), { recursive: true, force: true });
          fs.mkdirSync(join(bench.scratch, 'cache'));
        },
        done: stop,
      };
    },
  };
}
