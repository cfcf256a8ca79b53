/**
 * Brings back the bytes of paths that are damaged or gone. The bytes must be those that were registered: they are
 * asked for in every way there is, and whatever comes is compared before it takes the place of what is there.
 */
import * as fs from 'node:fs';
import { SysbuildError } from '../base/errors.ts';
import { Activity } from '../base/events.ts';
import { hashEquals, parseContentAddress, type StorePath } from '../formats/index.ts';
import type { Substituters } from './caches/substituters.ts';
import { translatingErrorsAsync } from './errors.ts';
import { makeDurable } from './local/durable.ts';
import type { LocalStore } from './local/local-store.ts';
import { ownFolders, realPathIn } from './local/parts.ts';
import { lockPaths } from './local/path-locks.ts';
import { streamNar } from './local/physical.ts';
import { type ReceivedTree, Reception } from './local/reception.ts';
import { replaceTree } from './local/replace-tree.ts';
import type { Problem } from './local/verify.ts';
import type { PathInfo } from './store.ts';

/** Where the bytes of a path may be had again. */
export interface RepairWay {
  /** For people: `the cache 'https://…'`. */
  readonly name: string;
  /** The archive of a path, or undefined where this way does not lead to it. */
  archive(info: PathInfo): Promise<AsyncIterable<Uint8Array> | undefined>;
}

export interface Repair {
  readonly path: StorePath;
  /** Which way gave the bytes; undefined when none did. */
  readonly by: string | undefined;
  /** What the ways that were tried said. */
  readonly failures: readonly string[];
}

/** Repairs paths, one after the other. Their references need not be whole. */
export async function repairPaths(
  store: LocalStore,
  paths: readonly StorePath[],
  ways: readonly RepairWay[],
): Promise<Repair[]> {
  store.requireWritable();
  store.flush();
  store.addTempRoots(paths);
  const reception = new Reception(store.parts);
  const repairs: Repair[] = [];
  try {
    for (const path of paths) {
      const activity = new Activity(store.parts.sink, 'copy', path);
      const repair = await repairOne(store, reception, path, ways);
      activity.stop(repair.by !== undefined);
      repairs.push(repair);
    }
    return repairs;
  } finally {
    reception.close();
  }
}

async function repairOne(
  store: LocalStore,
  reception: Reception,
  path: StorePath,
  ways: readonly RepairWay[],
): Promise<Repair> {
  const info = store.requireInfo(path);
  const failures: string[] = [];
  for (const way of ways) {
    try {
      const archive = await way.archive(info);
      if (archive === undefined) continue;
      const tree = await reception.receive(archive, info);
      await translatingErrorsAsync(ownFolders(store.parts.layout), () => install(store, info, tree));
      return { path, by: way.name, failures };
    } catch (error) {
      if (!(error instanceof SysbuildError)) throw error;
      failures.push(`${way.name}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`);
    }
  }
  return { path, by: undefined, failures };
}

async function install(store: LocalStore, info: PathInfo, tree: ReceivedTree): Promise<void> {
  const { parts } = store;
  const realPath = realPathIn(parts.layout, info.path);
  await parts.guard.duringAsync(async () => {
    const lock = await lockPaths([realPath]);
    try {
      makeDurable(parts, [tree.place]);
      replaceTree(tree.place, realPath, parts.layout.realStoreDir);
    } finally {
      lock.release();
    }
  });
}

/** A damaged content that files share is shared no more; the files that are it are paths with problems of their own. */
export function dropDamagedLinks(problems: readonly Problem[]): string[] {
  const files = problems.flatMap((problem) => (problem.kind === 'modified-link' ? [problem.file] : []));
  for (const file of files) fs.rmSync(file, { force: true });
  return files;
}

/** From caches that have the very bytes that were registered. */
export function fromCaches(substituters: Substituters): RepairWay {
  return {
    name: 'a cache',
    async archive(info) {
      const offer = await substituters.find(info.path);
      if (offer === undefined || !hashEquals(offer.info.narHash, info.narHash)) return undefined;
      return offer.source.cache.nar(offer.info);
    },
  };
}

/** From the file or tree of the user that it was added from, where that is unchanged. */
export function fromSource(store: LocalStore): RepairWay {
  return {
    name: 'the file that it was added from',
    async archive(info) {
      const source = store.provenance(info.path).find(({ kind }) => kind === 'source')?.details['path'];
      if (typeof source !== 'string' || !fs.existsSync(source)) return undefined;
      if (info.contentAddress === undefined || parseContentAddress(info.contentAddress).method === 'text')
        return undefined;
      return streamNar(source);
    },
  };
}
