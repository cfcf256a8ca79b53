/** Opens a store on this machine's disk. */
import { type Sink, silent } from '../../base/events.ts';
import { GcGuard } from './guard.ts';
import { type LayoutOptions, layoutOf } from './layout.ts';
import { LocalStore } from './local-store.ts';
import { openDatabase } from './open.ts';
import type { Parts } from './parts.ts';
import { Queries } from './queries.ts';
import { TempRoots } from './temp-roots.ts';

export interface LocalStoreOptions extends LayoutOptions {
  /** Only questions are allowed; nothing on disk is touched, not even to make the store. */
  readonly readOnly?: boolean;
  /** Keep texts back until `flush`, or until something needs them. `isValid` and the like see them at once. */
  readonly writeBehind?: boolean;
  /**
   * False: bytes that are added are not made durable before they are registered, as with Nix by default. After a power
   * cut some of them may be missing then; a process that is killed does no harm.
   */
  readonly durable?: boolean | undefined;
  readonly sink?: Sink;
}

/** Opens the store, making it where there is none. Throws `StoreError`. */
export function openLocalStore(options: LocalStoreOptions): LocalStore {
  const { readOnly = false, durable = true, sink = silent } = options;
  const layout = layoutOf(options);
  const database = openDatabase(layout, { readOnly, durable, sink });
  const parts: Parts = {
    layout,
    readOnly,
    durable,
    sink,
    database,
    queries: new Queries(database),
    guard: new GcGuard(layout, sink),
    tempRoots: new TempRoots(layout.tempRootsDir),
  };
  return new LocalStore(parts, options.writeBehind === true);
}
