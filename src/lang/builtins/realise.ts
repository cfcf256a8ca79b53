/**
 * Paths that come from builds: whoever reads one (`import`, `readFile`…) needs what it refers to built first. Where
 * that takes time the host suspends the evaluation; when it comes back, everything is there.
 */
import { downstreamPlaceholder, isStorePath, type StorePath } from '../../formats/index.ts';
import { addTrace, EvalError } from '../errors.ts';
import { canonicalPath, coerceToPath } from '../runtime/coerce.ts';
import { type Context, showElement } from '../runtime/context.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Value } from '../runtime/value.ts';
import { guard } from './guard.ts';

const ensuredKey = Symbol('store paths that are there');

/** The texts that stand for paths not known before, and these paths. */
export type Rewrites = ReadonlyMap<string, string>;

const noRewrites: Rewrites = new Map();

/** Builds, or fetches, all that a context refers to. */
export function realiseContext(rt: Runtime, context: Context | undefined): Rewrites {
  if (context === undefined) return noRewrites;
  return guard(() => {
    const wanted = new Map<StorePath, string[]>();
    for (const encoded of context.sorted()) {
      const mark = encoded.startsWith('!') ? encoded.indexOf('!', 1) : -1;
      const path = encoded.slice(mark >= 0 ? mark + 1 : encoded.startsWith('=') ? 1 : 0) as StorePath;
      ensure(rt, path);
      if (mark < 0) continue;
      if (wanted.size === 0) checkAllowed(rt, encoded);
      wanted.set(path, [...(wanted.get(path) ?? []), encoded.slice(1, mark)]);
    }
    return realiseAll(rt, wanted);
  });
}

function ensure(rt: Runtime, path: StorePath): void {
  const ensured = rt.remember(ensuredKey, () => new Set<StorePath>());
  if (ensured.has(path)) return;
  rt.host.ensurePath(path);
  ensured.add(path);
}

function checkAllowed(rt: Runtime, encoded: string): void {
  if (rt.host.settings.allowImportFromDerivation) return;
  const what = `cannot build '${showElement(encoded)}' during evaluation`;
  throw new EvalError('restricted', `${what} because the option 'allow-import-from-derivation' is disabled`);
}

function realiseAll(rt: Runtime, wanted: ReadonlyMap<StorePath, readonly string[]>): Rewrites {
  if (wanted.size === 0) return noRewrites;
  const rewrites = new Map<string, string>();
  for (const [drvPath, outputs] of wanted) {
    for (const [output, path] of rt.host.realise(drvPath, outputs)) {
      rewrites.set(downstreamPlaceholder(drvPath, output), path);
    }
  }
  return rewrites;
}

export function rewrite(text: string, rewrites: Rewrites): string {
  let result = text;
  for (const [from, to] of rewrites) result = result.replaceAll(from, to);
  return result;
}

/** The path that a value stands for, with all that it refers to built. */
export function realisePath(rt: Runtime, value: Value): string {
  const { path, context } = coerceToPath(rt, value, 'while realising the context of a path');
  if (context === undefined) return path;
  try {
    const rewrites = realiseContext(rt, context);
    return rewrites.size === 0 ? path : canonicalPath(rewrite(path, rewrites));
  } catch (error) {
    throw addTrace(error, `while realising the context of path '${path}'`);
  }
}

/** Whether a path is exactly that of something in the store. */
export function isInStoreItself(rt: Runtime, path: string): path is StorePath {
  return isStorePath(rt.host.settings.storeDir, path);
}
