/** What a switch does about one unit, and why. Pure. */
import type { Declaration } from '../manifest-fields.ts';
import { isRunning, type LiveUnit } from './live-unit.ts';
import { describeChange, diffUnits, type UnitDiff } from './unit-diff.ts';
import { booleanOf } from './unit-file.ts';
import { parseUnitName } from './unit-name.ts';
import { stoppingTargets, typeRules } from './unit-rules.ts';
import type { Unit, Want } from './unit-set.ts';
import type { UnitAction } from './unit-values.ts';

/** All that decides about a unit. */
export interface UnitFacts {
  readonly name: string;
  readonly before: Unit | undefined;
  readonly after: Unit | undefined;
  readonly live: LiveUnit | undefined;
  /** A unit of that name is on the machine without us. */
  readonly foreign: boolean;
  /** The links of the new generation whose owner is active, and those of them that are new. */
  readonly wanted: readonly Want[];
  readonly newlyWanted: readonly Want[];
  /** The old generation asked for it, and the new one does not. */
  readonly unwanted: boolean;
}

export interface Decision {
  /** `apply`: nothing but reading its file again. `none`: nothing at all. `socket`: as for a changed socket. */
  readonly action: UnitAction | 'apply' | 'none' | 'socket';
  readonly reason: string;
  readonly because: readonly string[];
}

export function decideUnit(facts: UnitFacts): Decision {
  const { before, after, live } = facts;
  if (live?.load === 'masked' && after?.masked !== true && before?.masked !== true) {
    return decision('skip', 'it was masked by hand', [`systemctl unmask ${facts.name} takes that back`]);
  }
  if (after?.masked === true) return decideMasked(facts);
  if (after === undefined && !facts.foreign && before !== undefined) return decideRemoved(facts, before);
  const diff = differenceOf(facts);
  if (diff === undefined) return decideUndeclared(facts);
  return isRunning(live) ? decideRunning(facts, diff) : decideStopped(facts, diff);
}

function decideMasked(facts: UnitFacts): Decision {
  if (facts.before?.masked === true && !isRunning(facts.live)) return decision('none', 'it is masked, as before');
  return decideEnd(facts, 'it is masked now');
}

function decideRemoved(facts: UnitFacts, before: Unit): Decision {
  return before.masked && facts.live === undefined
    ? decision('none', 'it was masked, and is not declared any more')
    : decideEnd(facts, 'it is not declared any more');
}

function decideEnd({ before, live }: UnitFacts, reason: string): Decision {
  if (live?.active === 'failed') return decision('forget', reason);
  if (!isRunning(live)) return decision('none', `${reason}, and it does not run`);
  if (before !== undefined && !booleanOf(before.content, 'Unit', 'X-StopOnRemoval', true)) {
    return decision('skip', `${reason}, but goes on running`, ['[Unit] X-StopOnRemoval=false in its old form']);
  }
  return decision('stop', reason);
}

/** Undefined where neither generation says anything of the unit. */
function differenceOf({ before, after }: UnitFacts): UnitDiff | undefined {
  if (before === undefined && after === undefined) return undefined;
  const nothing = { name: '', masked: false, whole: false, content: new Map(), declared: noDeclaration };
  return diffUnits(before ?? nothing, after ?? nothing);
}

const noDeclaration: Declaration = { option: '', definedIn: '' };

/** A unit of somebody else that a link of ours asks for, or did. */
function decideUndeclared(facts: UnitFacts): Decision {
  if (isRunning(facts.live)) {
    return facts.unwanted ? decision('stop', 'it is not asked for any more') : decision('none', 'it stays as it is');
  }
  return facts.newlyWanted.length > 0 || isFailedAndWanted(facts)
    ? startDecision(facts, [])
    : decision('none', 'it stays as it is');
}

function isFailedAndWanted({ live, wanted }: UnitFacts): boolean {
  return live?.active === 'failed' && wanted.length > 0;
}

/** What does not run is started when it is newly asked for, or when it failed and should run. */
function decideStopped(facts: UnitFacts, diff: UnitDiff): Decision {
  const { before, after, live } = facts;
  // A unit whose file somebody took away is as good as new.
  const isNew = before === undefined || before.masked || live?.load === 'not-found';
  const asked = isNew ? facts.wanted : facts.newlyWanted;
  const changes = diff.changes.map(describeChange);
  if (asked.length > 0 || isFailedAndWanted(facts)) return startDecision(facts, isNew ? [] : changes);
  if (live?.active === 'failed' && diff.effect !== 'none') {
    return decision('forget', 'it failed in its old form', changes);
  }
  if (isNew && after !== undefined) return decision('apply', 'it is new, and nothing that runs asks for it');
  return changes.length > 0
    ? decision('apply', 'it changed, and does not run', changes)
    : decision('none', 'it is as it was');
}

function startDecision(facts: UnitFacts, changes: readonly string[]): Decision {
  const { after, live, name } = facts;
  const refuses =
    after !== undefined &&
    (booleanOf(after.content, 'Unit', 'RefuseManualStart', false) ||
      booleanOf(after.content, 'Unit', 'X-OnlyManualStart', false));
  if (refuses) return decision('skip', 'it is only started by hand', changes);
  if (stoppingTargets.has(name)) return decision('skip', 'starting it would stop the machine');
  const links = facts.wanted.map((want) => `${want.by} asks for it (${want.declared.option})`);
  return live?.active === 'failed'
    ? decision('start', 'it failed, and should run', [...changes, ...links])
    : decision('start', 'it should run', [...changes, ...links]);
}

function decideRunning(facts: UnitFacts, diff: UnitDiff): Decision {
  const changes = diff.changes.map(describeChange);
  switch (diff.effect) {
    case 'none':
      return changes.length === 0
        ? decision('none', 'it is as it was')
        : decision('apply', 'its changes take effect while it runs', changes);
    case 'reload':
      return decision('reload', 'its changes ask for a reload', changes);
    case 'restart':
      return decideRestart(facts, changes);
  }
}

function decideRestart({ name, after, before }: UnitFacts, changes: readonly string[]): Decision {
  const content = (after ?? before)!.content;
  const flag = (section: string, key: string, fallback: boolean): boolean => booleanOf(content, section, key, fallback);
  const type = parseUnitName(name)!.type;
  if (type === 'target' && flag('Unit', 'X-StopOnReconfiguration', false)) {
    return decision('stop-start', 'it changed, and asks to be stopped first', changes);
  }
  if (flag('Service', 'X-ReloadIfChanged', false)) {
    return decision('reload', 'it changed, and asks to be reloaded instead', changes);
  }
  for (const [section, key, fallback] of reasonsToSkip) {
    if (flag(section, key, fallback) !== fallback) {
      return decision('skip', 'it changed, but is not restarted', [`[${section}] ${key}=${!fallback}`, ...changes]);
    }
  }
  const rule = typeRules.find((one) => one.names?.includes(name) ?? one.types?.includes(type) ?? true)!;
  if (rule.how === 'stop-start' && !flag('Service', 'X-StopIfChanged', true)) {
    return decision('restart', 'it changed, and asks to be restarted in one go', changes);
  }
  return decision(rule.how, rule.how === 'apply' ? `it changed; ${rule.why}` : 'it changed', changes);
}

/** Directives whose value other than the usual keeps a unit from being restarted. */
const reasonsToSkip: readonly (readonly [string, string, boolean])[] = [
  ['Service', 'X-RestartIfChanged', true],
  ['Unit', 'RefuseManualStop', false],
  ['Unit', 'X-OnlyManualStart', false],
];

function decision(action: Decision['action'], reason: string, because: readonly string[] = []): Decision {
  return { action, reason, because };
}
