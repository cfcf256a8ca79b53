/** The language's way out: a `Host` over the disk, a store, and what the evaluation itself has added. */
import { toUnicode } from '../base/bytes.ts';
import type { Position } from '../base/diagnostic.ts';
import type { Sink } from '../base/events.ts';
import {
  type Derivation,
  formatHash,
  type Hash,
  type HashAlgorithm,
  hashBytes,
  isDerivationPath,
  makeFixedOutputPath,
  makeTextPath,
  nameOf,
  outputPath,
  parseDerivation,
  type StorePath,
  splitStorePath,
} from '../formats/index.ts';
import {
  type FetchRequest,
  type FetchResult,
  type FileKind,
  type Host,
  HostError,
  type HostSettings,
  type SourceRequest,
  Suspend,
} from '../lang/index.ts';
import type { LocalStore } from '../store/index.ts';
import type { Access } from './access.ts';
import type { FileView } from './file-view.ts';
import type { ReadLog } from './kept/reads.ts';
import type { Overlay } from './overlay.ts';
import { hashSource } from './source-tree.ts';

/** What a host asks of the store that it evaluates for. */
export interface HostStore {
  /** Undefined until `open` has resolved. */
  readonly opened: LocalStore | undefined;
  /** Rejects where there is no store. */
  open(): Promise<unknown>;
  /** Builds outputs of a derivation that the overlay may hold. */
  build(drvPath: StorePath, outputs: readonly string[]): Promise<void>;
  /** What fetchers have brought so far; throws `Suspend` for what they have not. */
  fetch(request: FetchRequest): FetchResult;
}

export interface HostParts {
  readonly settings: HostSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly overlay: Overlay;
  readonly view: FileView;
  readonly access: Access;
  readonly store: HostStore;
  readonly sink: Sink;
  /** Notes what is not read through `view`. */
  readonly log?: ReadLog | undefined;
}

export class EvalHost implements Host {
  readonly settings: HostSettings;
  // Not `#`: the evaluator derives a silent host from this one, for evaluating again what failed.
  private readonly parts: HostParts;
  private readonly now = Math.floor(Date.now() / 1000);
  private readonly derivations = new Map<StorePath, Derivation>();

  constructor(parts: HostParts) {
    this.parts = parts;
    this.settings = parts.settings;
  }

  readFile(path: string): Uint8Array {
    return this.parts.view.readFile(path);
  }
  kindOf(path: string): FileKind | undefined {
    return this.parts.view.kindOf(path);
  }
  readDir(path: string): readonly (readonly [string, FileKind])[] {
    return this.parts.view.readDir(path);
  }
  readLink(path: string): string {
    return this.parts.view.readLink(path);
  }
  realPath(path: string): string {
    return this.parts.view.realPath(path);
  }
  hashFile(algorithm: HashAlgorithm, path: string): Hash {
    return hashBytes(algorithm, this.readFile(path));
  }

  getEnv(name: string): string | undefined {
    if (this.settings.pure || this.settings.restricted) return undefined;
    this.parts.log?.variable(name, this.parts.env[name]);
    return this.parts.env[name];
  }
  currentTime(): number {
    this.parts.log?.spoil();
    return this.now;
  }

  addText(name: string, content: string, references: readonly StorePath[]): StorePath {
    return this.allowed(this.parts.overlay.addText(name, content, references));
  }

  addDerivation(derivation: Derivation): StorePath {
    const path = this.allowed(this.parts.overlay.addDerivation(derivation));
    this.derivations.set(path, derivation);
    return path;
  }

  addSource(request: SourceRequest): StorePath {
    const { hash, included } = hashSource(this.parts.view, request);
    if (request.expected !== undefined && !equalHashes(hash, request.expected)) throw sourceMismatch(request, hash);
    const path = this.sourcePath(request, hash);
    const { name, ingestion, references = [] } = request;
    this.parts.overlay.addSource(path, {
      kind: 'source',
      name,
      origin: request.path,
      ingestion,
      included,
      references,
    });
    return this.allowed(path);
  }

  private sourcePath({ name, ingestion, references = [] }: SourceRequest, hash: Hash): StorePath {
    const { storeDir } = this.settings;
    if (ingestion === 'text') return makeTextPath(storeDir, name, hash, references);
    return makeFixedOutputPath(storeDir, {
      method: ingestion,
      hash,
      name,
      references: { others: references, self: false },
    });
  }

  references(path: StorePath): readonly StorePath[] {
    return this.parts.overlay.get(path)?.references ?? this.openStore().pathInfo(path)?.references ?? [];
  }

  readDerivation(path: StorePath): Derivation {
    let derivation = this.derivations.get(path);
    if (derivation === undefined) {
      const text = Buffer.from(this.readFile(path)).toString('latin1');
      derivation = parseDerivation(this.settings.storeDir, text, nameOf(path).replace(/\.drv$/, ''));
      this.derivations.set(path, derivation);
    }
    return derivation;
  }

  ensurePath(path: StorePath): void {
    if (this.parts.overlay.get(path) === undefined && !this.openStore().isValid(path)) {
      throw new HostError('host/store', `path '${path}' does not exist and cannot be created`, { details: { path } });
    }
    this.allowed(path);
  }

  realise(drvPath: StorePath, outputs: readonly string[]): ReadonlyMap<string, StorePath> {
    if (!isDerivationPath(drvPath)) throw new HostError('host/store', `'${drvPath}' is not a derivation`);
    const store = this.openStore();
    const derivation = this.readDerivation(drvPath);
    const found = new Map<string, StorePath>();
    for (const name of outputs) {
      const path = outputPath(this.settings.storeDir, derivation, name) ?? store.realisation(drvPath, name)?.outPath;
      if (path === undefined || !store.isValid(path)) {
        throw new Suspend(`building '${drvPath}'`, () => this.parts.store.build(drvPath, outputs));
      }
      found.set(name, path);
    }
    for (const path of store.closure(found.values())) this.allowed(path);
    return found;
  }

  fetch(request: FetchRequest): FetchResult {
    if (!isLocked(request)) this.parts.log?.spoil();
    const result = this.parts.store.fetch(request);
    this.allowed(result.path);
    return result;
  }

  storePathOf(path: string): StorePath | undefined {
    return splitStorePath(this.settings.storeDir, path)?.path;
  }

  emit(level: 'trace' | 'warn' | 'lint', bytes: string, position?: Position): void {
    const text = toUnicode(bytes);
    if (level === 'trace') this.parts.sink.emit({ type: 'message', level, text });
    else {
      const diagnostic = { severity: 'warning', code: `lang/${level}`, message: text, position, trace: [] } as const;
      this.parts.sink.emit({ type: 'diagnostic', diagnostic });
    }
  }

  private allowed(path: StorePath): StorePath {
    this.parts.access.allow(path);
    return path;
  }

  /** What the store's database says may be otherwise the next time. */
  private openStore(): LocalStore {
    this.parts.log?.spoil();
    const { store } = this.parts;
    if (store.opened === undefined) throw new Suspend('opening the store', async () => void (await store.open()));
    return store.opened;
  }
}

/** Whether a fetch has the same result whenever it has one. */
function isLocked({ kind, args }: FetchRequest): boolean {
  if (kind === 'git') return typeof args['rev'] === 'string' && /^[0-9a-f]{40}$/.test(args['rev']);
  return (kind === 'url' || kind === 'tarball') && args['expected'] !== undefined;
}

function equalHashes(a: Hash, b: Hash): boolean {
  return a.algorithm === b.algorithm && Buffer.compare(a.bytes, b.bytes) === 0;
}

function sourceMismatch(request: SourceRequest, got: Hash): HostError {
  return new HostError('host/store', `store path mismatch in (possibly filtered) path added from '${request.path}'`, {
    details: { path: request.path, expected: formatHash(request.expected!, 'sri'), got: formatHash(got, 'sri') },
    hint: `Its hash is ${formatHash(got, 'sri')}.`,
  });
}
