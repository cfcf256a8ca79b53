/**
 * Names of units: `PREFIX[@INSTANCE].TYPE` (systemd.unit(5)). The type is what follows the last dot and the instance what
 * is between the first `@` and that dot, so that an instance may have dots and more `@` in it.
 */

export const unitTypes = [
  ...(['service', 'socket', 'target', 'device', 'mount', 'automount', 'swap', 'timer', 'path'] as const),
  ...(['slice', 'scope'] as const),
] as const;

export type UnitType = (typeof unitTypes)[number];

export interface UnitName {
  readonly name: string;
  /** What is before `@` or the type. */
  readonly prefix: string;
  /** Undefined for a unit that is no instance; empty for a template. */
  readonly instance: string | undefined;
  readonly type: UnitType;
}

const form = /^([A-Za-z0-9:_.\\-]+?)(?:@([^/]*))?\.([a-z]+)$/;

/** The parts of a name, or undefined where it is none. */
export function parseUnitName(name: string): UnitName | undefined {
  const match = form.exec(name);
  const type = unitTypes.find((candidate) => candidate === match?.[3]);
  if (match === null || type === undefined || name.length > 255) return undefined;
  return { name, prefix: match[1]!, instance: match[2], type };
}

export function isTemplate(name: string): boolean {
  return parseUnitName(name)?.instance === '';
}

/** `foo@.service` for `foo@bar.service`; undefined for what is no instance. */
export function templateOf(name: string): string | undefined {
  const parsed = parseUnitName(name);
  return parsed?.instance ? `${parsed.prefix}@.${parsed.type}` : undefined;
}

/** The unit of another type that goes by the same name: `foo.socket` for `foo.service`; of an instance, its template's. */
export function siblingOf(name: string, type: UnitType): string | undefined {
  const parsed = parseUnitName(name);
  return parsed === undefined ? undefined : `${parsed.prefix}.${type}`;
}
