/**
 * Versions and the names that carry them. A version is a sequence of components: runs of digits, and runs of other
 * bytes, separated by dots and dashes and by the change from one kind to the other.
 */
import { forceString } from '../runtime/expect.ts';
import { Shape } from '../runtime/shape.ts';
import { Attrs, type Value } from '../runtime/value.ts';
import type { BuiltinDef } from './registry.ts';

export function splitVersion(version: string): string[] {
  return version.match(/[0-9]+|[^0-9.-]+/g) ?? [];
}

/** -1, 0 or 1. */
export function compareVersions(a: string, b: string): -1 | 0 | 1 {
  const left = splitVersion(a);
  const right = splitVersion(b);
  const count = Math.max(left.length, right.length);
  for (let i = 0; i < count; i++) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    if (comesBefore(x, y)) return -1;
    if (comesBefore(y, x)) return 1;
  }
  return 0;
}

/** `pre` comes before everything, an end before a number, a word before a number; words go by their bytes. */
function comesBefore(a: string, b: string): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x < y;
  if (a === '' && y !== undefined) return true;
  if (a === 'pre' && b !== 'pre') return true;
  if (b === 'pre') return false;
  if (y !== undefined) return true;
  return x === undefined && a < b;
}

/** Digits that make a signed 32-bit number; more of them are compared as a word. */
function numberOf(component: string): number | undefined {
  if (!/^[0-9]+$/.test(component)) return undefined;
  const value = Number(component);
  return value < 2 ** 31 ? value : undefined;
}

/** The version begins after the first dash that no letter follows. */
export function parseDrvName(text: string): { readonly name: string; readonly version: string } {
  const dash = text.search(/-[^A-Za-z]/s);
  return dash < 0 ? { name: text, version: '' } : { name: text.slice(0, dash), version: text.slice(dash + 1) };
}

const nameShape = new Shape(['name', 'version'], null, true);

function compare(first: Value, second: Value): number {
  const a = forceString(first, 'while evaluating the first argument passed to builtins.compareVersions');
  const b = forceString(second, 'while evaluating the second argument passed to builtins.compareVersions');
  return compareVersions(a, b);
}

export const versionBuiltins: readonly BuiltinDef[] = [
  {
    name: 'compareVersions',
    args: ['s1', 's2'],
    doc: '-1 where the version *s1* is older than *s2*, 1 where it is newer, 0 where both are the same.',
    run: (_rt, first, second) => compare(first, second),
  },
  {
    name: 'splitVersion',
    args: ['s'],
    doc: 'The components by which the version *s* is compared.',
    run: (_rt, value) =>
      splitVersion(forceString(value, 'while evaluating the first argument passed to builtins.splitVersion')),
  },
  {
    name: 'parseDrvName',
    args: ['s'],
    doc: 'The `name` and the `version` in the name of a package: the version begins after the first dash that no letter follows.',
    run(_rt, value) {
      const what = 'while evaluating the first argument passed to builtins.parseDrvName';
      const { name, version } = parseDrvName(forceString(value, what));
      return new Attrs(nameShape, [name, version]);
    },
  },
];
