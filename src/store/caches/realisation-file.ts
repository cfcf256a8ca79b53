/**
 * How a cache says which path an output of a derivation became: a file of our own form, at a place where Nix never
 * looks, so that changes of Nix's own form do not concern it.
 *
 *     sysbuild/1/realisations/<base name of the .drv>/<output>
 *
 *     Format: 1
 *     Derivation: <base name>
 *     Output: <name>
 *     Path: <base name>
 *     Sig: <key>:<base64>          any number, over `sysbuild-realisation-1;<drv path>;<output>;<path>`
 *
 * A path that is addressed by its content proves itself; that it is what a derivation makes, nothing but a signature
 * proves. So a record counts only with one by a trusted key.
 */
import {
  baseNameOf,
  FormatError,
  isDerivationPath,
  type PublicKey,
  parseBaseName,
  parseSignature,
  type StorePath,
  verifySignature,
} from '../../formats/index.ts';
import type { Realisation } from '../store.ts';

export interface SignedRealisation extends Realisation {
  /** `key-name:base64`. */
  readonly signatures: readonly string[];
}

const format = '1';
/** Where the records stand in a cache. */
export const recordsFolder = `sysbuild/${format}/realisations`;
const namePattern = new RegExp(`^${recordsFolder}/([^/]+)/([^/]+)$`);
const outputPattern = /^(?!\.{1,2}$)[0-9A-Za-z+\-._?=]{1,211}$/;

/** The name of the file in a cache. */
export function realisationName(drvPath: StorePath, outputName: string): string {
  return `${recordsFolder}/${baseNameOf(drvPath)}/${outputName}`;
}

/** What such a name asks for; undefined for all other names. */
export function parseRealisationName(
  storeDir: string,
  name: string,
): { readonly drvPath: StorePath; readonly outputName: string } | undefined {
  const [, base, outputName] = namePattern.exec(name) ?? [];
  if (base === undefined || outputName === undefined || !outputPattern.test(outputName)) return undefined;
  try {
    const drvPath = parseBaseName(storeDir, base);
    return isDerivationPath(drvPath) ? { drvPath, outputName } : undefined;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** The text that is signed. */
export function recordFingerprint({ drvPath, outputName, outPath }: Realisation): string {
  return `sysbuild-realisation-${format};${drvPath};${outputName};${outPath}`;
}

export function printRecord(record: SignedRealisation): string {
  const { drvPath, outputName, outPath, signatures } = record;
  const lines = [
    `Format: ${format}`,
    `Derivation: ${baseNameOf(drvPath)}`,
    `Output: ${outputName}`,
    `Path: ${baseNameOf(outPath)}`,
    ...signatures.map((signature) => `Sig: ${signature}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** @throws FormatError `formats/realisation`, and the codes of paths and signatures */
export function parseRecord(storeDir: string, text: string): SignedRealisation {
  const fields = new Map<string, string>();
  const signatures: string[] = [];
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Za-z]+): (.*)$/.exec(line) ?? [];
    if (key === 'Sig') signatures.push(value!);
    else if (key !== undefined) fields.set(key, value!);
  }
  if (fields.get('Format') !== format) throw bad('its format is not known');
  const outputName = fields.get('Output') ?? '';
  if (!outputPattern.test(outputName)) throw bad('it names no output');
  for (const signature of signatures) parseSignature(signature);
  return {
    drvPath: parseBaseName(storeDir, fields.get('Derivation') ?? ''),
    outputName,
    outPath: parseBaseName(storeDir, fields.get('Path') ?? ''),
    signatures,
  };
}

/** Whether a trusted key vouches for a record. */
export function isVouchedFor(record: SignedRealisation, keys: ReadonlyMap<string, PublicKey>): boolean {
  const text = recordFingerprint(record);
  return record.signatures.some((signature) => verifySignature(text, parseSignature(signature), keys));
}

function bad(why: string): FormatError {
  return new FormatError('formats/realisation', `a record of a realisation is not valid: ${why}`);
}
