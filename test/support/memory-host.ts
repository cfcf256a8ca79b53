/** A host over files in memory, for tests of the language alone. It has no store. */
import { bytesOf, fromUnicode } from '../../src/base/bytes.ts';
import { builtins, constants } from '../../src/lang/builtins/index.ts';
import type { CodeCache } from '../../src/lang/code-cache.ts';
import { Evaluator } from '../../src/lang/evaluator.ts';
import { type Host, HostError, type HostSettings } from '../../src/lang/host.ts';

export interface MemoryHost extends Host {
  /** Texts by path; changed as a test likes. */
  readonly files: Map<string, string>;
  /** What the program was told, `level: text`. */
  readonly said: string[];
}

const settings: HostSettings = {
  storeDir: '/nix/store',
  currentSystem: 'x86_64-linux',
  pure: false,
  restricted: false,
  experimental: new Set(),
  maxCallDepth: 1000,
  traceVerbose: false,
  abortOnWarn: false,
  allowImportFromDerivation: false,
  searchPath: [],
  builtinPath: [],
  home: '/home/user',
  lints: { urlLiterals: 'ignore', shortPathLiterals: 'ignore', absolutePathLiterals: 'ignore' },
} as HostSettings;

export function memoryHost(files: Readonly<Record<string, string>> = {}): MemoryHost {
  const texts = new Map(Object.entries(files));
  const said: string[] = [];
  const none = (): never => {
    throw new HostError('host/unsupported', 'there is no store here');
  };
  const known = {
    settings,
    files: texts,
    said,
    readFile: (path: string) => {
      const text = texts.get(path);
      if (text === undefined) throw new HostError('host/missing', `path '${path}' does not exist`);
      return bytesOf(fromUnicode(text));
    },
    kindOf: (path: string) => (texts.has(path) ? 'regular' : undefined),
    realPath: (path: string) => path,
    getEnv: () => undefined,
    currentTime: () => 0,
    storePathOf: () => undefined,
    emit: (level: string, text: string) => void said.push(`${level}: ${text}`),
  };
  return new Proxy(known, { get: (host, name) => Reflect.get(host, name) ?? none }) as unknown as MemoryHost;
}

export function memoryEvaluator(host: Host, cache?: CodeCache): Evaluator {
  return new Evaluator(host, { builtins, constants }, cache);
}

/** What a text evaluates to, printed strictly. */
export function evaluate(text: string, host: Host = memoryHost()): string {
  const evaluator = memoryEvaluator(host);
  const value = evaluator.evalText(fromUnicode(text), '/');
  evaluator.deepForce(value);
  return evaluator.print(value);
}
