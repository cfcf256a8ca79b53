/** Copies closures from one local store to another. */
import { Activity, type Sink } from '../base/events.ts';
import type { StorePath } from '../formats/index.ts';
import type { LocalStore } from './local/local-store.ts';

/** Returns the paths that were really copied, references first. Signatures and derivers come along. */
export async function copyClosure(
  from: LocalStore,
  to: LocalStore,
  paths: Iterable<StorePath>,
  sink: Sink,
): Promise<StorePath[]> {
  const missing = from.closure(paths).filter((path) => !to.isValid(path));
  const activity = new Activity(sink, 'copy', to.realStoreDir);
  try {
    for (const [done, path] of missing.entries()) {
      activity.progress(done, missing.length, 'items');
      await to.addFromNar({ ...from.requireInfo(path), ultimate: false }, from.dumpNar(path));
    }
    activity.stop(true);
    return missing;
  } catch (error) {
    activity.stop(false);
    throw error;
  }
}
