/** What a manifest says of a machine's health, its realms and what keeps it in shape while it runs. */
import { FieldError, type Fields } from './json-fields.ts';
import {
  type Declaration,
  declarationFields,
  type Realm,
  readDeclaration,
  readStorePath,
  realms,
  uniqueBy,
} from './manifest-fields.ts';

/** A question to the machine whose answer says whether it is well. */
export type Probe = {
  readonly name: string;
  /** Seconds until it must have succeeded. */
  readonly timeout: number;
  readonly declared: Declaration;
} & (
  | { readonly kind: 'command'; readonly target: readonly string[] }
  /** `http`: a URL; `tcp`: `host:port`; `unit`: the name of a unit that has to be active. */
  | { readonly kind: 'http' | 'tcp' | 'unit'; readonly target: string }
);

/** Which realm the places that a pattern (fast-glob, absolute) matches are in, and why. */
export interface RealmRule {
  readonly pattern: string;
  readonly realm: Realm;
  readonly reason: string;
  readonly declared: Declaration;
}

export const convergeKinds = [
  ...(['command', 'apt', 'directory', 'line', 'key', 'service', 'mount', 'sysctl', 'cron', 'http'] as const),
  ...(['postgresql-database', 'postgresql-role', 'user', 'group'] as const),
] as const;

export type ConvergeKind = (typeof convergeKinds)[number];

/** Something that is kept in shape while the machine runs. The settings are of the kind's own form. */
export interface ConvergeEntry {
  readonly name: string;
  readonly kind: ConvergeKind;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly after: readonly string[];
  readonly triggers: readonly string[];
  readonly declared: Declaration;
}

/** How a switch of this machine goes about it. */
export interface SwitchSettings {
  /** Seconds within which the switch has to be confirmed; undefined: it need not be. */
  readonly confirm: number | undefined;
  /** Seconds that one job of the service manager may take. */
  readonly waits: number;
  /** Limits of the machine, by name. */
  readonly budgets: Readonly<Record<string, unknown>>;
}

/** A second form of the same machine, which can be switched to by name. */
export interface Specialisation {
  readonly name: string;
  readonly system: string;
}

export function readProbes(fields: Fields): Probe[] {
  return uniqueBy(fields.list('probes', readProbe), (probe) => probe.name, 'the probe');
}

function readProbe(fields: Fields): Probe {
  fields.only(['name', 'kind', 'target', 'timeout', ...declarationFields]);
  const kind = fields.oneOf<Probe['kind']>('kind', ['command', 'http', 'tcp', 'unit']);
  const head = {
    name: fields.string('name'),
    timeout: readSeconds(fields, 'timeout'),
    declared: readDeclaration(fields),
  };
  if (kind === 'command') {
    const target = fields.strings('target');
    if (target.length === 0) throw new FieldError(`${fields.placeOf('target')} is empty and names no program`);
    return { ...head, kind, target };
  }
  const target = fields.string('target');
  if (!targetForms[kind].test(target)) {
    throw new FieldError(`${fields.placeOf('target')} is '${target}', which no ${kind} probe can ask`);
  }
  return { ...head, kind, target };
}

const targetForms = {
  http: /^https?:\/\/\S+$/,
  tcp: /^\S+:\d{1,5}$/,
  unit: /^\S+\.(service|socket|target|timer|mount|automount|path|swap|slice|scope|device)$/,
} as const;

function readSeconds(fields: Fields, name: string): number {
  const seconds = fields.number(name);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new FieldError(`${fields.placeOf(name)} is ${seconds} and not between 1 second and a day`);
}

export function readRealms(fields: Fields): RealmRule[] {
  return fields.list('realms', (entry) => {
    entry.only(['pattern', 'realm', 'reason', ...declarationFields]);
    const pattern = entry.string('pattern');
    if (!pattern.startsWith('/')) throw new FieldError(`${entry.placeOf('pattern')} is '${pattern}' and not absolute`);
    return {
      pattern,
      realm: entry.oneOf<Realm>('realm', realms),
      reason: entry.string('reason'),
      declared: readDeclaration(entry),
    };
  });
}

export function readConverge(fields: Fields): ConvergeEntry[] {
  const entries = fields.list('converge', (entry) => {
    entry.only(['name', 'kind', 'settings', 'after', 'triggers', ...declarationFields]);
    return {
      name: entry.string('name'),
      kind: entry.oneOf<ConvergeKind>('kind', convergeKinds),
      settings: entry.record('settings'),
      after: entry.strings('after'),
      triggers: entry.strings('triggers'),
      declared: readDeclaration(entry),
    };
  });
  return uniqueBy(entries, (entry) => entry.name, 'what converges');
}

export function readSettings(fields: Fields): SwitchSettings {
  const settings = fields.object('settings');
  settings.only(['confirm', 'waits', 'budgets']);
  return {
    confirm: settings.has('confirm') ? readSeconds(settings, 'confirm') : undefined,
    waits: readSeconds(settings, 'waits'),
    budgets: settings.record('budgets'),
  };
}

export function readSpecialisations(fields: Fields, storeDir: string): Specialisation[] {
  const found = fields.list('specialisations', (entry) => {
    entry.only(['name', 'system']);
    return { name: entry.string('name'), system: readStorePath(entry, 'system', storeDir) };
  });
  return uniqueBy(found, (entry) => entry.name, 'the specialisation');
}
