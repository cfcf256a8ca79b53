/**
 * Compiled files, kept from one evaluation to the next. A file is known by the hash of its text, so what is kept never
 * is stale. All files of an evaluation are kept together, under the path of the first one that it read: the same
 * evaluation reads the same files again. Kept with each is V8's own compiled code, made after an evaluation, when it has
 * all functions that were called: not after the first one, as it takes a third as long as all the rest, and many
 * programs are never evaluated a second time.
 *
 * A bundle is: the hash of what follows (40 hex digits; V8 does not look whether its code is whole), the length of its
 * index (8 hex digits), the index as JSON, and the parts that the index tells of.
 */
import { hash } from 'node:crypto';
import type { Script } from 'node:vm';
import { shortHash } from '../base/short-hash.ts';

/** Where bundles are kept: by whoever makes the evaluator. */
export interface CodeCache {
  /** Tells builds of the program, and of V8 with its flags, apart: what one compiled is nothing to another. */
  readonly build: string;
  /** What was saved last under a key, if it is still there. */
  load(key: string): Uint8Array | undefined;
  save(key: string, bundle: Uint8Array): void;
}

/** A file's code, as it is compiled and as V8 keeps it. */
export interface KeptCode {
  readonly code: string;
  readonly tables: string;
  readonly compiled: Buffer | undefined;
}

/** A text that is looked for, or to be kept. It is hashed when it is compared with others: hashing takes long to load. */
export class Identity {
  readonly #text: Uint8Array;
  #hash: string | undefined;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  get hash(): string {
    this.#hash ??= hash('sha1', this.#text, 'base64');
    return this.#hash;
  }
}

interface Index {
  /** What the bundle is for. */
  readonly key: string;
  readonly entries: readonly IndexEntry[];
}

interface IndexEntry {
  readonly hash: string;
  /** Lengths of the three parts. */
  readonly code: number;
  readonly tables: number;
  readonly compiled: number;
  /** How many bundles in a row it was copied to without being used. */
  readonly idle: number;
}

interface Used extends KeptCode {
  readonly script: Script;
}

/** An entry that nothing asked for is copied so many times. */
const longestIdle = 8;
/** Less than so many characters of new code are not worth writing a bundle for. */
const worthSaving = 20_000;

export class CodeStore {
  readonly #cache: CodeCache;
  /** What else the code depends on, besides the text of the file. */
  readonly #options: string;
  #key: string | undefined;
  #kept = new Map<string, KeptCode & { readonly idle: number }>();
  readonly #used = new Map<Identity, Used>();
  /** Characters of code that ran and is not in the last bundle, or without what V8 made of it. */
  #fresh = 0;

  constructor(cache: CodeCache, options: string) {
    this.#cache = cache;
    this.#options = options;
  }

  /** The name under which a file of this text is kept. The first file that is asked for names the bundle. */
  identify(path: string, text: Uint8Array): Identity {
    if (this.#key === undefined) {
      this.#key = [this.#cache.build, this.#options, path].join('\n');
      this.#open(this.#cache.load(shortHash(this.#key)));
    }
    return new Identity(text);
  }

  find(id: Identity): KeptCode | undefined {
    return this.#kept.size === 0 ? undefined : this.#kept.get(id.hash);
  }

  /** Notes what runs, to be kept. */
  use(id: Identity, kept: Omit<KeptCode, 'compiled'>, script: Script): void {
    const compiled = script.cachedDataRejected === false ? this.find(id)?.compiled : undefined;
    if (compiled === undefined) this.#fresh += kept.code.length;
    this.#used.set(id, { ...kept, compiled, script });
  }

  /** Writes a bundle where much of what ran was not in the last one. */
  save(): void {
    if (this.#key === undefined || this.#fresh < worthSaving) return;
    this.#fresh = 0;
    this.#cache.save(shortHash(this.#key), this.#bundle(this.#key));
  }

  #open(bundle: Uint8Array | undefined): void {
    if (bundle === undefined) return;
    const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
    if (hash('sha1', bytes.subarray(40)) !== bytes.toString('latin1', 0, 40)) return;
    const start = 48 + Number.parseInt(bytes.toString('latin1', 40, 48), 16);
    const { key, entries } = JSON.parse(bytes.toString('utf8', 48, start)) as Index;
    if (key !== this.#key) return;
    let at = start;
    for (const { hash: id, code, tables, compiled, idle } of entries) {
      const [first, second, end] = [at + code, at + code + tables, at + code + tables + compiled];
      const begin = at;
      this.#kept.set(id, {
        // Most of a bundle is used, but not all: text is made when it is asked for.
        get code() {
          return bytes.toString('latin1', begin, first);
        },
        get tables() {
          return bytes.toString('latin1', first, second);
        },
        compiled: compiled === 0 ? undefined : bytes.subarray(second, end),
        idle,
      });
      at = end;
    }
  }

  #bundle(key: string): Buffer {
    const entries: IndexEntry[] = [];
    const added = new Set<string>();
    const parts: Buffer[] = [];
    const add = (id: string, { code, tables, compiled }: KeptCode, idle: number): void => {
      if (added.has(id)) return;
      added.add(id);
      const [text, table, data] = [Buffer.from(code, 'latin1'), Buffer.from(tables, 'latin1'), compiled];
      parts.push(text, table);
      if (data !== undefined) parts.push(data);
      entries.push({ hash: id, code: text.length, tables: table.length, compiled: data?.length ?? 0, idle });
    };
    for (const [{ hash: id }, used] of this.#used) {
      const compiled = used.compiled ?? (this.#kept.has(id) ? used.script.createCachedData() : undefined);
      add(id, { code: used.code, tables: used.tables, compiled }, 0);
    }
    for (const [id, kept] of this.#kept) if (kept.idle < longestIdle) add(id, kept, kept.idle + 1);
    const json = Buffer.from(JSON.stringify({ key, entries }));
    const length = Buffer.from(json.length.toString(16).padStart(8, '0'), 'latin1');
    const body = Buffer.concat([Buffer.alloc(40), length, json, ...parts]);
    body.write(hash('sha1', body.subarray(40)), 'latin1');
    return body;
  }
}
