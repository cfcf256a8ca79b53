/** What the parts of a manifest have in common: who declared a thing, its realm, paths as a manifest may have them. */
import { FieldError, type Fields } from './json-fields.ts';

/** Who keeps a thing as it is: equal to the generation, kept in shape while the machine runs, or left alone. */
export type Realm = 'congruent' | 'convergent' | 'divergent';

export const realms: readonly Realm[] = ['congruent', 'convergent', 'divergent'];

/** Which option declared a thing, and the file that defined it. */
export interface Declaration {
  readonly option: string;
  readonly definedIn: string;
}

/** The two fields of a declaration, by name. */
export const declarationFields = ['option', 'definedIn'] as const;

export function readDeclaration(fields: Fields): Declaration {
  return { option: fields.string('option'), definedIn: fields.string('definedIn') };
}

/** An absolute path in the store. */
export function readStorePath(fields: Fields, name: string, storeDir: string): string {
  const path = fields.string(name);
  if (!path.startsWith(`${storeDir}/`) || !isPlainAbsolute(path)) {
    throw new FieldError(`${fields.placeOf(name)} is '${path}' and not a path in ${storeDir}`);
  }
  return path;
}

/** Absolute, and without `.`, `..` or empty parts. */
export function isPlainAbsolute(path: string): boolean {
  const [first, ...parts] = path.split('/');
  return first === '' && parts.length > 0 && !path.includes('\0') && parts.every((part) => !/^\.{0,2}$/.test(part));
}

/** Refuses two elements of one name. */
export function uniqueBy<T>(elements: readonly T[], nameOf: (element: T) => string, what: string): T[] {
  const seen = new Set<string>();
  for (const element of elements) {
    const name = nameOf(element);
    if (seen.has(name)) throw new FieldError(`${what} '${name}' is declared twice`);
    seen.add(name);
  }
  return elements.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}
