/** Copies closures from one local store to another, with the records of what they are outputs of. */
import { Activity, type Sink } from '../base/events.ts';
import type { StorePath } from '../formats/index.ts';
import { Committer } from './caches/committer.ts';
import type { LocalStore } from './local/local-store.ts';
import { now } from './local/parts.ts';
import { Reception } from './local/reception.ts';
import { recordsOf } from './local/records.ts';

/** Returns the paths that were really copied, references first. Signatures and derivers come along. */
export async function copyClosure(
  from: LocalStore,
  to: LocalStore,
  paths: Iterable<StorePath>,
  sink: Sink,
  signal?: AbortSignal,
): Promise<StorePath[]> {
  const closure = from.closure(paths);
  from.addTempRoots(closure);
  to.flush();
  to.addTempRoots(closure);
  const valid = to.validAmong(closure);
  const missing = closure.filter((path) => !valid.has(path));
  const activity = new Activity(sink, 'copy', to.realStoreDir);
  try {
    await receiveAll(from, to, missing, activity, signal);
    copyRecords(from, to, closure);
    activity.stop(true);
    return missing;
  } catch (error) {
    activity.stop(false);
    throw error;
  }
}

async function receiveAll(
  from: LocalStore,
  to: LocalStore,
  missing: readonly StorePath[],
  activity: Activity,
  signal: AbortSignal | undefined,
): Promise<void> {
  to.requireWritable();
  const reception = new Reception(to.parts);
  const committer = new Committer((group) => reception.commit(group));
  const valid: Promise<void>[] = [];
  try {
    for (const [done, path] of missing.entries()) {
      signal?.throwIfAborted();
      activity.progress(done, missing.length, 'items');
      const info = { ...from.requireInfo(path), ultimate: false };
      const tree = await reception.receive(from.dumpNar(path), info);
      const provenance = { kind: 'copy', time: now(), details: { store: from.realStoreDir } } as const;
      const added = committer.add({ info, tree, provenance });
      added.catch(() => {}); // waited for below
      valid.push(added);
    }
  } finally {
    // What is whole stays, also when the rest is interrupted.
    committer.flush();
    await Promise.allSettled(valid);
    reception.close();
  }
  await Promise.all(valid);
}

/** The other store keeps what it knows better. */
function copyRecords(from: LocalStore, to: LocalStore, closure: readonly StorePath[]): void {
  const fresh = recordsOf(from.parts, closure).filter(
    ({ drvPath, outputName }) => to.realisation(drvPath, outputName) === undefined,
  );
  if (fresh.length > 0) to.registerRealisations(fresh);
}
