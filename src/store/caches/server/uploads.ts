/**
 * Takes what clients send. An archive comes first and waits in a folder of its own; with the description that follows
 * it is checked and becomes valid. The description of a path is taken only after those of all that it refers to, which
 * is the order in which clients send them.
 */
import { timingSafeEqual } from 'node:crypto';
import * as fs from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { errnoOf, SysbuildError } from '../../../base/errors.ts';
import { makeFolders } from '../../../base/folders.ts';
import { temporaryName } from '../../../base/fs-atomic.ts';
import { FormatError, hashBytes, hashPartOf, type NarInfo, parseNarInfo } from '../../../formats/index.ts';
import { StoreError } from '../../errors.ts';
import type { LocalStore } from '../../local/local-store.ts';
import { now } from '../../local/parts.ts';
import { Reception } from '../../local/reception.ts';
import { pathInfoOf } from '../../narinfo-path-info.ts';
import type { PathInfo } from '../../store.ts';
import { isTrusted, type Keys, notTrusted } from '../../trust.ts';
import { Committer } from '../committer.ts';
import { decompress } from '../compression.ts';
import { isVouchedFor, parseRecord } from '../realisation-file.ts';
import { type Answer, textAnswer } from './answer.ts';
import { type Route, routeOf } from './route.ts';

export interface UploadOptions {
  /** Whoever shows one of these may send. */
  readonly tokens: readonly string[];
  /** Take only what one of these keys signed, or what is addressed by its content; undefined: the token is enough. */
  readonly keys?: Keys | undefined;
  /** Bytes of the largest file. */
  readonly largest?: number | undefined;
}

const usualLargest = 64 * 1024 ** 3;
const largestText = 16 * 1024 ** 2;
/** Milliseconds for which an archive waits for a description, or for another path with the same content. */
const waitingTime = 3_600_000;

export class Uploads {
  readonly #store: LocalStore;
  readonly #options: UploadOptions;
  readonly #folder: string;
  readonly #reception: Reception;
  readonly #committer: Committer;
  #active = 0;

  constructor(store: LocalStore, options: UploadOptions) {
    store.requireWritable();
    this.#store = store;
    this.#options = options;
    this.#folder = ownFolder(join(store.stateDir, 'sysbuild/uploads'));
    this.#reception = new Reception(store.parts);
    this.#committer = new Committer((group) => this.#reception.commit(group));
  }

  /** Whether a request may send: by a bearer token, or by the password of a login, which is all that Nix can give. */
  isAllowed({ authorization = '' }: IncomingMessage['headers']): boolean {
    const [, scheme, value] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? [];
    if (scheme === undefined) return false;
    const token = scheme.toLowerCase() === 'bearer' ? value! : passwordOf(value!);
    return this.#options.tokens.map((one) => sameText(one, token)).includes(true);
  }

  /** Whether an archive is here already: clients ask before they send it. */
  async find(name: string): Promise<Answer> {
    const file = join(this.#folder, name);
    try {
      const { size } = fs.statSync(file);
      fs.utimesSync(file, now(), now());
      const body = (): AsyncIterable<Uint8Array> => fs.createReadStream(file);
      return { status: 200, headers: { 'content-type': 'application/x-nix-nar', 'content-length': size }, body };
    } catch {
      return textAnswer(404, 'not found\n');
    }
  }

  /** Takes what is sent to this place. */
  async take(route: Route, request: IncomingMessage): Promise<Answer> {
    this.#active += 1;
    try {
      if (route.kind === 'upload') return await this.#takeArchive(route.name, request);
      if (route.kind === 'narinfo') return await this.#takeDescription(route.hashPart, await textOf(request));
      if (route.kind === 'realisation') return this.#takeRecord(route, await textOf(request));
      return textAnswer(405, 'nothing can be sent to this place\n');
    } catch (error) {
      return refusal(error);
    } finally {
      this.#active -= 1;
      if (this.#active === 0) this.#committer.flush();
    }
  }

  close(): void {
    this.#committer.flush();
    this.#reception.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  async #takeArchive(name: string, request: IncomingMessage): Promise<Answer> {
    this.#removeOld();
    const temporary = temporaryName(this.#folder);
    const fd = fs.openSync(temporary, 'wx', 0o600);
    try {
      for await (const chunk of limited(request, this.#options.largest ?? usualLargest)) {
        for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
      }
      fs.renameSync(temporary, join(this.#folder, name));
    } finally {
      fs.closeSync(fd);
      fs.rmSync(temporary, { force: true });
    }
    return textAnswer(200, '');
  }

  async #takeDescription(hashPart: string, text: string): Promise<Answer> {
    const described = parseNarInfo(this.#store.storeDir, text);
    if (hashPartOf(described.path) !== hashPart) return textAnswer(400, 'this is the description of another path\n');
    const route = routeOf(this.#store.storeDir, described.url);
    const file = route.kind === 'upload' ? join(this.#folder, route.name) : undefined;
    const { keys } = this.#options;
    if (keys !== undefined && !isTrusted(this.#store.storeDir, described, keys))
      throw notTrusted(described, keys, 'this upload');
    if (!this.#store.isValid(described.path)) {
      if (file === undefined || !fs.existsSync(file)) return textAnswer(409, `send '${described.url}' first\n`);
      await this.#receive(pathInfoOf(described), described, file);
    } else if (described.signatures.length > 0)
      this.#store.addSignatures(described.path, this.#goodSignatures(described));
    return textAnswer(200, '');
  }

  async #receive(info: PathInfo, { compression }: NarInfo, file: string): Promise<void> {
    for (const path of info.references) {
      if (path !== info.path && !this.#store.isValid(path))
        throw new StoreError('store/reference-not-valid', `'${info.path}' needs '${path}', which must be sent first`);
    }
    const tree = await this.#reception.receive(decompress(compression, fs.createReadStream(file)), info);
    const provenance = { kind: 'copy', time: now(), details: { uploaded: true } } as const;
    const valid = this.#committer.add({ info, tree, provenance });
    // Others that are being received join the group; nobody waits for those that have not come so far.
    if (this.#active === 1) this.#committer.flush();
    await valid;
  }

  #takeRecord(route: Extract<Route, { kind: 'realisation' }>, text: string): Answer {
    const record = parseRecord(this.#store.storeDir, text);
    const { drvPath, outputName, outPath } = record;
    if (drvPath !== route.drvPath || outputName !== route.outputName)
      return textAnswer(400, 'this is the record of another output\n');
    const { keys } = this.#options;
    if (keys !== undefined && !isVouchedFor(record, keys))
      return textAnswer(403, 'no trusted key signed this record\n');
    this.#store.registerRealisation({ drvPath, outputName, outPath });
    return textAnswer(200, '');
  }

  /** Of a path that is here already, only signatures over what is here. */
  #goodSignatures({ path, signatures, narHash }: NarInfo): readonly string[] {
    const info = this.#store.requireInfo(path);
    const same = Buffer.compare(info.narHash.bytes, narHash.bytes) === 0;
    return same ? signatures : [];
  }

  #removeOld(): void {
    for (const name of fs.readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      const state = fs.statSync(file, { throwIfNoEntry: false });
      if (state !== undefined && Date.now() - state.mtimeMs > waitingTime) fs.rmSync(file, { force: true });
    }
  }
}

/** A new folder of this process; those of processes that are gone are removed. */
function ownFolder(parent: string): string {
  makeFolders(parent, 0o700);
  for (const name of fs.readdirSync(parent)) {
    if (!isRunning(Number.parseInt(name, 10))) fs.rmSync(join(parent, name), { recursive: true, force: true });
  }
  return fs.mkdtempSync(join(parent, `${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

async function* limited(request: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > most) throw new StoreError('store/disk-full', `more than ${most} bytes are not taken`);
    yield chunk;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limited(request, largestText)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

/** Compares without telling by its time how much is the same. */
function sameText(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => hashBytes('sha256', Buffer.from(text)).bytes);
  return timingSafeEqual(x!, y!);
}

function passwordOf(basic: string): string {
  return Buffer.from(basic, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');
}

/** What was wrong with what was sent; an error of ours is thrown on. */
function refusal(error: unknown): Answer {
  if (!(error instanceof SysbuildError)) throw error;
  const said = error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  return textAnswer(statusOf(error), `${said}\n`);
}

function statusOf(error: SysbuildError): number {
  if (error instanceof FormatError) return 400;
  switch (error.code) {
    case 'store/not-trusted':
      return 403;
    case 'store/reference-not-valid':
    case 'store/realisation-conflict':
    case 'store/not-valid':
      return 409;
    case 'store/hash-mismatch':
    case 'store/content-address-mismatch':
    case 'store/not-a-derivation':
    case 'store/compression':
      return 422;
    case 'store/disk-full':
      return 507;
    default:
      return 500;
  }
}
