/** What differs between two forms of a unit, by what they say, and what that asks for. Pure; the rules are data. */

import type { UnitContent } from './unit-file.ts';
import { type ChangeEffect, directiveRules } from './unit-rules.ts';
import type { Unit } from './unit-set.ts';

export interface DirectiveChange {
  readonly section: string;
  readonly key: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly effect: ChangeEffect;
  readonly why: string;
}

export interface UnitDiff {
  /** The strongest effect of all changes. */
  readonly effect: ChangeEffect;
  readonly changes: readonly DirectiveChange[];
}

const strength: Readonly<Record<ChangeEffect, number>> = { none: 0, reload: 1, restart: 2 };

export function diffUnits(before: Unit, after: Unit): UnitDiff {
  const changes = directives(before.content, after.content).flatMap(([section, key]) => {
    const [old, fresh] = [before, after].map((unit) => unit.content.get(section)?.get(key) ?? []) as [
      readonly string[],
      readonly string[],
    ];
    return old.length === fresh.length && old.every((value, index) => value === fresh[index])
      ? []
      : [judge(section, key, old, fresh)];
  });
  const effect = changes.reduce<ChangeEffect>(
    (most, change) => (strength[change.effect] > strength[most] ? change.effect : most),
    'none',
  );
  return { effect, changes };
}

/** Each section and key that either has, in the order of the older one. */
function directives(before: UnitContent, after: UnitContent): [string, string][] {
  const found = new Map<string, [string, string]>();
  for (const content of [before, after]) {
    for (const [section, keys] of content) {
      for (const key of keys.keys()) found.set(`${section}\n${key}`, [section, key]);
    }
  }
  return [...found.values()];
}

function judge(section: string, key: string, before: readonly string[], after: readonly string[]): DirectiveChange {
  const rule = directiveRules.find(
    (one) => (one.section ?? section) === section && (one.key === undefined || one.key.test(key)),
  );
  const kind = after.length === 0 ? 'removed' : 'changed';
  const effect = rule === undefined ? 'restart' : rule[kind];
  return { section, key, before, after, effect, why: rule?.why ?? 'a running unit keeps what it was started with' };
}

/** A change in one line: `[Service] ExecStart: /a -> /b`. */
export function describeChange({ section, key, before, after }: DirectiveChange): string {
  const words = (values: readonly string[]): string => (values.length === 0 ? '(nothing)' : values.join(' | '));
  return `[${section}] ${key}: ${words(before)} -> ${words(after)}`;
}
