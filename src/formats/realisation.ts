/**
 * Realisations: which path an output of a derivation became, for outputs whose paths follow from their content. As
 * in Nix 2.34, one is known by the derivation's hash modulo (its outputs masked) and the output's name:
 * `sha256:<base16>!<output>`. Later versions of Nix have another form.
 */
import { FormatError } from './errors.ts';
import { formatHash, parseHash } from './hash.ts';
import { type Json, parseJsonObject, printJson } from './json.ts';
import { baseNameOf, parseBaseName, type StorePath } from './store-path.ts';

export interface RealisationId {
  /** SHA-256 in base16. */
  readonly drvHash: string;
  readonly outputName: string;
}

/** A realisation as binary caches keep it. */
export interface RealisationRecord {
  readonly id: RealisationId;
  readonly outPath: StorePath;
  /** `key-name:base64`. */
  readonly signatures: readonly string[];
}

export function formatRealisationId(id: RealisationId): string {
  return `sha256:${id.drvHash}!${id.outputName}`;
}

/** @throws FormatError `formats/realisation`, and the codes of hashes */
export function parseRealisationId(text: string): RealisationId {
  const bang = text.indexOf('!');
  if (bang < 0)
    throw new FormatError('formats/realisation', `Invalid derivation output id ${text}`, { details: { text } });
  return { drvHash: formatHash(parseHash(text.slice(0, bang), 'sha256'), 'base16'), outputName: text.slice(bang + 1) };
}

/** The text that is signed. */
export function realisationFingerprint(id: RealisationId, outPath: StorePath): string {
  return printJson(new Map(members(id, outPath)));
}

/** The JSON text of a `.doi` file. */
export function printRealisation(record: RealisationRecord): string {
  return printJson(new Map([...members(record.id, record.outPath), ['signatures', record.signatures.toSorted()]]));
}

/** @throws FormatError `formats/realisation`, and the codes of paths and hashes */
export function parseRealisation(storeDir: string, text: string): RealisationRecord {
  const json = parseJsonObject(text, 'formats/realisation');
  const signatures = json.get('signatures') ?? [];
  if (!Array.isArray(signatures)) throw broken('signatures');
  return {
    id: parseRealisationId(stringOf(json.get('id'), 'id')),
    outPath: parseBaseName(storeDir, stringOf(json.get('outPath'), 'outPath')),
    signatures: signatures.map((signature: Json) => stringOf(signature, 'signatures')),
  };
}

function members(id: RealisationId, outPath: StorePath): [string, Json][] {
  return [
    ['dependentRealisations', new Map()],
    ['id', formatRealisationId(id)],
    ['outPath', baseNameOf(outPath)],
  ];
}

function stringOf(json: Json | undefined, what: string): string {
  if (typeof json === 'string') return json;
  throw broken(what);
}

function broken(what: string): FormatError {
  return new FormatError('formats/realisation', `a realisation has no proper ${what}`, { details: { what } });
}
