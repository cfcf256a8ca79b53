/**
 * Reading JSON that another program, or another version of this one, wrote: each field is asked for by name and kind,
 * and what is missing or of another kind is said with its place (`files[3].mode`).
 */

/** What is wrong with a JSON value, and where. */
export class FieldError extends Error {}

/** A JSON object and the place it was found at. */
export class Fields {
  readonly place: string;
  readonly #value: Readonly<Record<string, unknown>>;

  private constructor(place: string, value: Readonly<Record<string, unknown>>) {
    this.place = place;
    this.#value = value;
  }

  static of(place: string, value: unknown): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new FieldError(`${place || 'the whole'} is not an object`);
    }
    return new Fields(place, value as Record<string, unknown>);
  }

  static parse(text: string): Fields {
    try {
      return Fields.of('', JSON.parse(text));
    } catch (error) {
      if (error instanceof SyntaxError) throw new FieldError(`not JSON: ${error.message}`);
      throw error;
    }
  }

  string(name: string): string {
    return this.#get(name, (value) => typeof value === 'string', 'a string');
  }

  number(name: string): number {
    return this.#get(name, (value) => Number.isSafeInteger(value), 'an integer');
  }

  boolean(name: string): boolean {
    return this.#get(name, (value) => typeof value === 'boolean', 'true or false');
  }

  /** A list of strings. */
  strings(name: string): string[] {
    const isStrings = (value: unknown): boolean =>
      Array.isArray(value) && value.every((element) => typeof element === 'string');
    return this.#get(name, isStrings, 'a list of strings');
  }

  /** An object whose form is another's to check. */
  record(name: string): Readonly<Record<string, unknown>> {
    return this.object(name).#value;
  }

  optionalString(name: string): string | undefined {
    return this.has(name) ? this.string(name) : undefined;
  }

  has(name: string): boolean {
    return this.#value[name] !== undefined && this.#value[name] !== null;
  }

  names(): string[] {
    return Object.keys(this.#value);
  }

  object(name: string): Fields {
    return Fields.of(this.placeOf(name), this.#value[name]);
  }

  /** The elements of a list of objects. */
  list<T>(name: string, read: (element: Fields) => T): T[] {
    const values = this.#get<unknown[]>(name, Array.isArray, 'a list');
    return values.map((value, index) => read(Fields.of(`${this.placeOf(name)}[${index}]`, value)));
  }

  /** One of a few strings. */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.string(name);
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) {
      throw new FieldError(`${this.placeOf(name)} is '${value}' and not one of ${allowed.join(', ')}`);
    }
    return found;
  }

  /** Refuses fields beside these. */
  only(names: readonly string[]): void {
    const stray = this.names().find((name) => !names.includes(name));
    if (stray !== undefined) throw new FieldError(`${this.placeOf(stray)} is not a known field`);
  }

  #get<T>(name: string, check: (value: unknown) => boolean, kind: string): T {
    const value = this.#value[name];
    if (!check(value)) {
      throw new FieldError(`${this.placeOf(name)} ${value === undefined ? 'is missing' : `is not ${kind}`}`);
    }
    return value as T;
  }

  /** Where a field is: `files[3].mode`. */
  placeOf(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`;
  }
}
