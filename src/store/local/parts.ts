/** What the operations of an open local store work with. */
import { join } from 'node:path';
import type { Sink } from '../../base/events.ts';
import { baseNameOf, type StorePath } from '../../formats/index.ts';
import type { Database } from './database.ts';
import type { GcGuard } from './guard.ts';
import type { Layout } from './layout.ts';
import type { Queries } from './queries.ts';
import type { TempRoots } from './temp-roots.ts';

export interface Parts {
  readonly layout: Layout;
  readonly readOnly: boolean;
  /** Whether bytes are on disk before they are registered. */
  readonly durable: boolean;
  readonly sink: Sink;
  readonly database: Database;
  readonly queries: Queries;
  readonly guard: GcGuard;
  readonly tempRoots: TempRoots;
}

/** Where a store path is on disk. */
export function realPathIn(layout: Layout, path: StorePath): string {
  return join(layout.realStoreDir, baseNameOf(path));
}

/** The store's own folders, for errors. */
export function ownFolders(layout: Layout): readonly string[] {
  return [layout.realStoreDir, layout.stateDir];
}

/** Seconds since the epoch. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}
