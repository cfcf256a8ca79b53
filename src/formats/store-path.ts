/**
 * Store paths: `<store dir>/<hash part>-<name>`, the hash part being 160 bits in nix32 (32 characters).
 *
 * Grammar of a name: 1 to 211 of `0-9 A-Z a-z + - . _ ? =`; its first component (up to a dash) is neither `.` nor
 * `..`. A value of type `StorePath` is always a full logical path in canonical form: two are the same path exactly
 * when the strings are equal. Nothing here says whether such a path exists.
 */
import { FormatError } from './errors.ts';

declare const storePathBrand: unique symbol;

/** A full logical store path, `/nix/store/<hash part>-<name>`. Made by the functions of this room alone. */
export type StorePath = string & { readonly [storePathBrand]: true };

/** Characters of the hash part. */
export const hashPartLength = 32;
/** Bytes of the longest name. */
export const maxNameLength = 211;

const derivationExtension = '.drv';
const baseNamePattern = /[0-9a-df-np-sv-z]{32}-(?!\.{1,2}(?:-|$))[0-9A-Za-z+\-._?=]{1,211}$/y;
const namePattern = /^(?!\.{1,2}(?:-|$))[0-9A-Za-z+\-._?=]{1,211}$/;
const hashPartPattern = /^[0-9a-df-np-sv-z]{32}$/;

/**
 * An exact store path: no sub-path, no trailing slash, nothing to normalise.
 * @throws FormatError `formats/store-path`
 */
export function parseStorePath(storeDir: string, text: string): StorePath {
  if (isStorePath(storeDir, text)) return text;
  if (!text.startsWith(`${storeDir}/`)) {
    throw new FormatError('formats/store-path', `path '${text}' is not in the Nix store`, {
      details: { path: text, storeDir },
    });
  }
  return parseBaseName(storeDir, text.slice(storeDir.length + 1));
}

/** Whether a text is exactly a store path of this store. */
export function isStorePath(storeDir: string, text: string): text is StorePath {
  baseNamePattern.lastIndex = storeDir.length + 1;
  return text.charCodeAt(storeDir.length) === 47 && text.startsWith(storeDir) && baseNamePattern.test(text);
}

/**
 * The path of a base name, `<hash part>-<name>`, as it stands in narinfo files and JSON.
 * @throws FormatError `formats/store-path`
 */
export function parseBaseName(storeDir: string, baseName: string): StorePath {
  const path = `${storeDir}/${baseName}`;
  if (isStorePath(storeDir, path)) return path;
  throw new FormatError('formats/store-path', badBaseName(baseName), { details: { path } });
}

/** The store path that a path is or lies in, and the rest (empty, or beginning with a slash); undefined outside of the store. */
export function splitStorePath(storeDir: string, path: string): { path: StorePath; rest: string } | undefined {
  if (!path.startsWith(`${storeDir}/`)) return undefined;
  const slash = path.indexOf('/', storeDir.length + 1);
  const top = slash < 0 ? path : path.slice(0, slash);
  return isStorePath(storeDir, top) ? { path: top, rest: slash < 0 ? '' : path.slice(slash) } : undefined;
}

/**
 * A path of its two parts.
 * @throws FormatError `formats/store-path` for a hash part that is none, `formats/store-path-name` for a bad name
 */
export function makeStorePathOf(storeDir: string, hashPart: string, name: string): StorePath {
  if (!hashPartPattern.test(hashPart)) {
    throw new FormatError('formats/store-path', `'${hashPart}' is not the hash part of a store path`, {
      details: { hashPart },
    });
  }
  if (namePattern.test(name)) return `${storeDir}/${hashPart}-${name}` as StorePath;
  const message = `path '${hashPart}-${name}' is not a valid store path: ${badName(name)}`;
  throw new FormatError('formats/store-path-name', message, { details: { name } });
}

/** `<hash part>-<name>`. */
export function baseNameOf(path: StorePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function hashPartOf(path: StorePath): string {
  const start = path.lastIndexOf('/') + 1;
  return path.slice(start, start + hashPartLength);
}

export function nameOf(path: StorePath): string {
  return path.slice(path.lastIndexOf('/') + hashPartLength + 2);
}

export function isDerivationPath(path: StorePath): boolean {
  return path.endsWith(derivationExtension);
}

/**
 * The name of the derivation in a `.drv` file: its file's name without the extension.
 * @throws FormatError `formats/store-path` when the path does not end in `.drv`
 */
export function derivationNameOf(drvPath: StorePath): string {
  if (!isDerivationPath(drvPath)) {
    throw new FormatError('formats/store-path', `store path '${baseNameOf(drvPath)}' is not a valid derivation path`, {
      details: { path: drvPath },
    });
  }
  return nameOf(drvPath).slice(0, -derivationExtension.length);
}

/** @throws FormatError `formats/store-path-name` */
export function checkName(name: string): void {
  if (!namePattern.test(name)) throw new FormatError('formats/store-path-name', badName(name), { details: { name } });
}

function badBaseName(baseName: string): string {
  if (baseName.length < hashPartLength + 1) return `'${baseName}' is too short to be a valid store path`;
  const hashPart = baseName.slice(0, hashPartLength);
  const foreign = /[^0-9a-df-np-sv-z]/.exec(hashPart);
  if (foreign) return `store path '${baseName}' contains illegal base-32 character '${foreign[0]}'`;
  if (baseName[hashPartLength] !== '-') return `path '${baseName}' is not a valid store path: no dash after its hash`;
  return `path '${baseName}' is not a valid store path: ${badName(baseName.slice(hashPartLength + 1))}`;
}

function badName(name: string): string {
  if (name === '') return 'name must not be empty';
  if (name.length > maxNameLength) return `name '${name}' must be no longer than ${maxNameLength} characters`;
  if (name === '.' || name === '..') return `name '${name}' is not valid`;
  const dots = /^(\.\.?)-/.exec(name);
  if (dots) return `name '${name}' is not valid: first dash-separated component must not be '${dots[1]}'`;
  return `name '${name}' contains illegal character '${/[^0-9A-Za-z+\-._?=]/.exec(name)?.[0]}'`;
}
