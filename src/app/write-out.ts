/** Puts what an evaluation has added into a real store: the objects that are asked for, and all they refer to. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../base/bytes.ts';
import { topologicalOrder } from '../base/graph.ts';
import type { StorePath } from '../formats/index.ts';
import type { LocalStore } from '../store/index.ts';
import { osPath } from './disk.ts';
import { AppError } from './errors.ts';
import type { FileView } from './file-view.ts';
import type { Overlay, OverlayEntry, OverlaySource } from './overlay.ts';

export function writeOut(overlay: Overlay, view: FileView, store: LocalStore, roots: Iterable<StorePath>): void {
  const pending = (path: StorePath): boolean => overlay.get(path) !== undefined && !store.isValid(path);
  const order = topologicalOrder([...roots].filter(pending), (path) =>
    referencesOf(overlay.get(path)!).filter(pending),
  );
  store.batch(() => {
    for (const path of order) {
      if (writeEntry(overlay, view, store, path) === path) continue;
      const entry = overlay.get(path)!;
      throw changed(entry.kind === 'source' ? entry.origin : path);
    }
  });
  // From now on they are read from the store, whatever becomes of where they came from.
  for (const path of order) overlay.drop(path);
}

function writeEntry(overlay: Overlay, view: FileView, store: LocalStore, path: StorePath): StorePath {
  const entry = overlay.get(path)!;
  if (entry.kind === 'source') return copySource(entry, view, store);
  const derivation = overlay.derivation(path);
  if (derivation !== undefined) return store.addDerivation(derivation);
  return store.addText(entry.name, entry.content, entry.references);
}

function referencesOf(entry: OverlayEntry): readonly StorePath[] {
  return entry.references ?? [];
}

function copySource(source: OverlaySource, view: FileView, store: LocalStore): StorePath {
  const { name, ingestion, included, references = [] } = source;
  const located = view.locate(ingestion === 'nar' ? source.origin : view.realPath(source.origin));
  if (located.at === 'nowhere') throw changed(source.origin);
  if (located.at === 'memory') return copyMemory(source, located.content, store);
  const filter =
    included === undefined ? undefined : (path: string): boolean => included.has(path.slice(located.path.length));
  return store.addPath({
    physicalPath: osPath(located.path),
    name,
    ingestion,
    filter,
    ...(references.length === 0 ? {} : { references }),
  });
}

/** A text of this evaluation, added once more under other terms: by way of a file. */
function copyMemory({ name, ingestion }: OverlaySource, content: string, store: LocalStore): StorePath {
  const folder = fs.mkdtempSync(join(process.env['TMPDIR'] ?? '/tmp', 'sysbuild-source-'));
  try {
    const physicalPath = join(folder, 'text');
    fs.writeFileSync(physicalPath, bytesOf(content));
    return store.addPath({ physicalPath, name, ingestion });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function changed(path: string): AppError {
  return new AppError('app/wrong-value', `'${path}' changed while it was evaluated`, {
    hint: 'Run the same command again.',
    details: { path },
  });
}
