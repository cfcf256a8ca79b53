/**
 * The environment that a builder starts in, and the files that stand beside it in its folder. Pure. The order in
 * which variables override each other is Nix's: defaults, then the derivation's, then what must not be overridden.
 */
import { compareBytes } from '../base/bytes.ts';
import {
  attributesForBuilder,
  attributesForShell,
  type Derivation,
  derivationKind,
  formatHash,
  hashBytes,
  hashPlaceholder,
  type Json,
  type JsonObject,
  printJson,
  rewriteText,
  type StorePath,
  structuredAttributesName,
} from '../formats/index.ts';
import type { DerivationOptions } from './derivation-options.ts';
import { BuildError } from './errors.ts';

export interface EnvironmentRequest {
  readonly storeDir: string;
  readonly derivation: Derivation;
  readonly options: DerivationOptions;
  /** Where each output is made during the build. */
  readonly scratch: ReadonlyMap<string, StorePath>;
  /** Hash parts of final paths that the builder must not write to, and of the scratch paths in their place. */
  readonly redirects: ReadonlyMap<string, string>;
  /** The builder's folder, as the builder sees it. */
  readonly buildDir: string;
  readonly cores: number;
  /** What `exportReferencesGraph` asks for: texts of files, or attributes, by name. */
  readonly graphs: { readonly files: ReadonlyMap<string, string>; readonly attributes: JsonObject };
  /** The caller's variables, of which fixed-output builds may name some. */
  readonly outside: Readonly<Record<string, string | undefined>>;
}

/** All byte strings. */
export interface BuilderEnvironment {
  readonly variables: ReadonlyMap<string, string>;
  /** Files in the builder's folder, by name. */
  readonly files: ReadonlyMap<string, string>;
  readonly args: readonly string[];
}

/** @throws BuildError `build/invalid-derivation` for a variable that no process can have */
export function builderEnvironment(request: EnvironmentRequest): BuilderEnvironment {
  const { derivation, buildDir } = request;
  const rewrites = placeholdersOf(request);
  const rewrite = (text: string): string => rewriteText(text, rewrites);
  const own = request.options.attributes === undefined ? plainVariables(request) : structuredVariables(request);
  const variables = new Map<string, string>([
    ['PATH', '/path-not-set'],
    ['HOME', '/homeless-shelter'],
    ['NIX_STORE', request.storeDir],
    ['NIX_BUILD_CORES', String(request.cores)],
    ...own.variables,
    ['NIX_BUILD_TOP', buildDir],
    ['TMPDIR', buildDir],
    ['TEMPDIR', buildDir],
    ['TMP', buildDir],
    ['TEMP', buildDir],
    ['PWD', buildDir],
  ]);
  if (derivationKind(derivation) === 'fixed') {
    variables.set('NIX_OUTPUT_CHECKED', '1');
    for (const name of request.options.impureEnvVars) variables.set(name, request.outside[name] ?? '');
  }
  variables.set('NIX_LOG_FD', '2');
  variables.set('TERM', 'xterm-256color');
  return {
    variables: sorted([...variables].map(([name, value]) => checkedVariable(rewrite(name), rewrite(value)))),
    files: new Map([...own.files].map(([name, text]) => [name, rewrite(text)])),
    args: derivation.args.map(rewrite),
  };
}

interface OwnVariables {
  readonly variables: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, string>;
}

/** Each variable of the derivation, in the environment or as a file. */
function plainVariables({ derivation, options, buildDir, graphs }: EnvironmentRequest): OwnVariables {
  const variables = new Map<string, string>();
  const files = new Map<string, string>();
  for (const [name, value] of derivation.env) {
    if (!options.passAsFile.has(name)) {
      variables.set(name, value);
      continue;
    }
    const file = `.attr-${formatHash(hashBytes('sha256', name), 'nix32')}`;
    files.set(file, value);
    variables.set(`${name}Path`, `${buildDir}/${file}`);
  }
  for (const [file, text] of graphs.files) files.set(file, text);
  return { variables, files };
}

function structuredVariables({ options, scratch, buildDir, graphs }: EnvironmentRequest): OwnVariables {
  const extended = new Map<string, Json>([...options.attributes!, ...graphs.attributes]);
  const attributes = attributesForBuilder(extended, scratch);
  return {
    variables: new Map([
      ['NIX_ATTRS_SH_FILE', `${buildDir}/.attrs.sh`],
      ['NIX_ATTRS_JSON_FILE', `${buildDir}/.attrs.json`],
    ]),
    files: new Map([
      ['.attrs.sh', attributesForShell(attributes)],
      ['.attrs.json', printJson(attributes)],
    ]),
  };
}

/** Where an output's path is not known before the build, its placeholder stands for the scratch path. */
function placeholdersOf({ scratch, redirects }: EnvironmentRequest): Map<string, string> {
  const placeholders = [...scratch].map(([name, path]): [string, string] => [hashPlaceholder(name), path]);
  return new Map([...placeholders, ...redirects]);
}

function checkedVariable(name: string, value: string): [string, string] {
  if (name === '' || name.includes('=') || name.includes('\0')) {
    throw new BuildError('build/invalid-derivation', `a builder cannot have a variable named '${name}'`, {
      hint: `Pass it as a structured attribute ('${structuredAttributesName}'), or give it another name.`,
      details: { name },
    });
  }
  // Nothing behind a NUL byte ever reaches a process.
  const end = value.indexOf('\0');
  return [name, end < 0 ? value : value.slice(0, end)];
}

function sorted(entries: [string, string][]): Map<string, string> {
  return new Map(entries.sort(([a], [b]) => compareBytes(a, b)));
}
