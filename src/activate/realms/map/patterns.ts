/**
 * Rules that give a realm to what a pattern matches, in the syntax of fast-glob (`*`, `**`, `?`, `[…]`, `{a,b}`,
 * `!(…)`), absolute, hidden names included. The rule with the longest beginning without wildcards wins, then the later
 * one. Patterns and paths are byte strings. Pure.
 */
import picomatch from 'picomatch';
import type { Declaration, Realm } from '../../manifest.ts';
import { below, folderOf, isWithin } from './entry.ts';

export interface RealmPattern {
  readonly pattern: string;
  readonly realm: Realm;
  readonly reason: string;
  /** Undefined for those that every machine has. */
  readonly declared: Declaration | undefined;
}

interface Compiled {
  readonly rule: RealmPattern;
  /** The folder in which everything that it can match is. */
  readonly base: string;
  /** It matches the base and all that is below. */
  readonly subtree: boolean;
  readonly matches: (path: string) => boolean;
}

/** What of the rules matters in one folder. */
export interface FolderRules {
  /** Rules that match everything in the folder, and rules that have to be asked; the strongest first. */
  readonly candidates: readonly Compiled[];
}

export class RealmRules {
  /** The strongest first. */
  readonly #compiled: readonly Compiled[];

  constructor(rules: readonly RealmPattern[]) {
    this.#compiled = rules
      .map((rule) => compile(rule))
      .map((compiled, index) => ({ compiled, index }))
      .sort((a, b) => b.compiled.base.length - a.compiled.base.length || b.index - a.index)
      .map(({ compiled }) => compiled);
  }

  /** The rule for a path. */
  ruleOf(path: string): RealmPattern | undefined {
    return this.#compiled.find((one) => one.matches(path))?.rule;
  }

  /** The rules for what is in a folder, to be asked for each path in it by `ruleIn`. */
  rulesFor(folder: string): FolderRules {
    const possible = this.#compiled.filter(({ base }) => isWithin(folder, base) || folderOf(base) === folder);
    const sure = possible.findIndex(({ base, subtree }) => subtree && isWithin(folder, base));
    return { candidates: sure < 0 ? possible : possible.slice(0, sure + 1) };
  }
}

/** The rule for a path whose folder has these rules. */
export function ruleIn(rules: FolderRules, path: string): RealmPattern | undefined {
  const { candidates } = rules;
  for (const one of candidates) if (one.matches(path)) return one.rule;
  return undefined;
}

const options = { dot: true, nonegate: true } as const;

function compile(rule: RealmPattern): Compiled {
  const { pattern } = rule;
  const { base: found } = picomatch.scan(pattern);
  const base = found === '' ? '/' : found;
  if (base === pattern) return { rule, base, subtree: false, matches: (path) => path === pattern };
  if (pattern === below(base, '**')) return { rule, base, subtree: true, matches: (path) => isWithin(path, base) };
  // Without the first slash, so that a first `**` stands for no folder as well.
  const matches = picomatch(pattern.slice(1), options);
  return { rule, base, subtree: false, matches: (path) => matches(path.slice(1)) };
}
