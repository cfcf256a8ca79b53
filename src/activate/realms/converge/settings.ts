/** Settings of a resource, read by name and kind; what is missing, of another kind or not known is refused. Pure. */
import { ActivateError } from '../../errors.ts';
import { FieldError, Fields } from '../../json-fields.ts';
import type { ConvergeEntry } from '../../manifest.ts';

export class Settings {
  readonly fields: Fields;

  constructor({ settings }: ConvergeEntry) {
    this.fields = Fields.of('settings', settings);
  }

  string(name: string): string;
  string(name: string, fallback: string): string;
  string(name: string, fallback?: string): string {
    return fallback === undefined || this.fields.has(name) ? this.fields.string(name) : fallback;
  }

  optional(name: string): string | undefined {
    return this.fields.has(name) ? this.fields.string(name) : undefined;
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.fields.has(name) ? this.fields.boolean(name) : fallback;
  }

  maybe(name: string): boolean | undefined {
    return this.fields.has(name) ? this.fields.boolean(name) : undefined;
  }

  number(name: string): number | undefined {
    return this.fields.has(name) ? this.fields.number(name) : undefined;
  }

  strings(name: string): readonly string[] | undefined {
    return this.fields.has(name) ? this.fields.strings(name) : undefined;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    return this.fields.has(name) ? this.fields.oneOf(name, allowed) : fallback;
  }

  /** Whether the thing is to be there. */
  present(): boolean {
    return this.oneOf('ensure', ['present', 'absent'], 'present') === 'present';
  }

  /** Permission bits, of four octal digits. */
  mode(name = 'mode'): number | undefined {
    const text = this.optional(name);
    if (text === undefined) return undefined;
    if (/^0?[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8);
    throw new FieldError(`settings.${name} is '${text}' and no octal mode`);
  }

  /** An absolute path. */
  path(name: string): string {
    const path = this.fields.string(name);
    if (path.startsWith('/') && !/\/\.{0,2}(\/|$)/.test(path)) return path;
    throw new FieldError(`settings.${name} is '${path}' and not an absolute path without '.', '..' or empty parts`);
  }

  only(...names: readonly string[]): void {
    this.fields.only(names);
  }
}

/**
 * The settings of an entry, read by a function.
 * @throws ActivateError `activate/converge`
 */
export function readSettings<T>(entry: ConvergeEntry, read: (settings: Settings) => T): T {
  try {
    return read(new Settings(entry));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const { option, definedIn } = entry.declared;
    throw new ActivateError('activate/converge', `${option} (${entry.kind}) in ${definedIn}: ${error.message}`, {
      details: { resource: entry.name, kind: entry.kind },
    });
  }
}
