/**
 * A cache on an HTTP server. Connections are kept; what may pass is tried again; a body that breaks off goes on where
 * it ended, by a range request, or where the server knows none, from the beginning without what was had already.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { type Agents, closeAgents, makeAgents } from '../../base/http-agent.ts';
import { decodeContent } from './compression.ts';
import { broken, denied, unreachable } from './errors.ts';
import { type HttpAnswer, type HttpBody, HttpFailure, type HttpLimits, sendRequest } from './http-request.ts';
import { pause, type RetryPolicy, retrying } from './retry.ts';
import type { Transport } from './transport.ts';

export interface HttpOptions extends Partial<HttpLimits>, Partial<RetryPolicy> {
  /** Connections at once. */
  readonly connections?: number | undefined;
  /** The whole value of the header. */
  readonly authorization?: string | undefined;
}

const defaults = { retries: 5, delay: 250, connectTimeout: 5000, patience: 30_000, connections: 16 };

/** S3 answers 403 for what is not there, where the bucket cannot be listed. */
const absent: readonly number[] = [403, 404, 410];
const noCredentials: readonly number[] = [401, 407];

export class HttpTransport implements Transport {
  readonly uri: string;
  readonly remote = true;
  readonly #base: URL;
  readonly #options: Required<HttpLimits & RetryPolicy>;
  readonly #authorization: string | undefined;
  readonly #agents: Agents;
  /** Ends what is under way when the transport is closed. */
  readonly #closing = new AbortController();
  readonly #signals = new WeakMap<AbortSignal, AbortSignal>();
  /** Whether the server has ever answered: one that has not is given up soon. */
  #reached = false;

  /** @param base its user and password, if it has any, are taken for the header */
  constructor(base: URL, options: HttpOptions = {}) {
    const { username, password } = base;
    this.#base = new URL(base);
    this.#base.username = this.#base.password = this.#base.search = this.#base.hash = '';
    this.uri = this.#base.href.replace(/\/+$/, '');
    this.#base = new URL(`${this.uri}/`);
    this.#options = { ...defaults, ...definedOf(options) };
    this.#authorization =
      username === '' ? options.authorization : basic(decodeURIComponent(username), decodeURIComponent(password));
    this.#agents = makeAgents(options.connections ?? defaults.connections);
  }

  async read(name: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    const url = this.#urlOf(name);
    const answer = await this.#ask('GET', url, { signal });
    if (answer.status === 200) return this.#bytes(url, answer, signal);
    answer.discard();
    if (absent.includes(answer.status)) return undefined;
    throw this.#refusal(answer.status, url);
  }

  /** What breaks off is asked for once more, from the beginning: it is small. */
  async readAll(name: string, most: number, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const url = this.#urlOf(name);
    let status = 0;
    const bytes = await this.#attempts(signal, async (inner) => {
      const answer = await this.#once('GET', url, { signal: inner });
      status = answer.status;
      if (status !== 200) return answer.discard();
      const body = await answer.all(most);
      if (body === 'longer') throw broken(this.uri, `'${name}' is longer than ${most} bytes`);
      const encoding = answer.headers['content-encoding'] ?? 'identity';
      return encoding === 'identity' ? body : allOf(decodeContent(encoding, just(body)));
    });
    if (bytes !== undefined || absent.includes(status)) return bytes ?? undefined;
    throw this.#refusal(status, url);
  }

  async exists(name: string, signal?: AbortSignal): Promise<boolean> {
    const url = this.#urlOf(name);
    const answer = await this.#ask('HEAD', url, { signal });
    answer.discard();
    if (answer.status === 200) return true;
    if (absent.includes(answer.status)) return false;
    throw this.#refusal(answer.status, url);
  }

  write(name: string, content: Uint8Array, type: string, signal?: AbortSignal): Promise<void> {
    return this.#put(name, { size: content.length, bytes: content }, type, signal);
  }

  async writeFile(name: string, file: string, type: string, signal?: AbortSignal): Promise<void> {
    await this.#put(name, { size: fs.statSync(file).size, open: () => fs.createReadStream(file) }, type, signal);
    fs.rmSync(file);
  }

  scratchFolder(): string {
    return tmpdir();
  }

  close(): void {
    this.#closing.abort(new HttpFailure('it is not used any more', { passing: false }));
    closeAgents(this.#agents);
  }

  async #put(name: string, body: HttpBody, type: string, signal: AbortSignal | undefined): Promise<void> {
    const url = this.#urlOf(name);
    const answer = await this.#ask('PUT', url, { body, signal, headers: { 'content-type': type } });
    if (answer.status >= 200 && answer.status < 300) return answer.discard();
    const said = await startOf(answer);
    if ([...noCredentials, 403, 405, 501].includes(answer.status))
      throw denied(this.uri, `uploading '${name}' gave ${answer.status}${said}`);
    throw unreachable(this.uri, `uploading '${name}' gave ${answer.status}${said}`);
  }

  /** An answer that is no passing failure. */
  async #ask(
    method: 'GET' | 'HEAD' | 'PUT',
    url: URL,
    rest: { signal: AbortSignal | undefined; headers?: Record<string, string>; body?: HttpBody },
  ): Promise<HttpAnswer> {
    return this.#attempts(rest.signal, (signal) => this.#once(method, url, { ...rest, signal }));
  }

  /** Tries again what may pass. */
  async #attempts<T>(outer: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const policy = (): RetryPolicy =>
      this.#reached ? this.#options : { ...this.#options, retries: Math.min(1, this.#options.retries) };
    const signal = this.#signalFor(outer);
    try {
      return await retrying(policy, signal, () => work(signal));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async #once(
    method: 'GET' | 'HEAD' | 'PUT',
    url: URL,
    rest: { signal: AbortSignal; headers?: Record<string, string>; body?: HttpBody },
  ): Promise<HttpAnswer> {
    const { connectTimeout, patience } = this.#options;
    const authorization = url.origin === this.#base.origin ? this.#authorization : undefined;
    const common = { connectTimeout, patience, authorization, agents: this.#agents, headers: {} };
    const answer = await sendRequest({ ...common, method, url, ...rest });
    this.#reached = true;
    if (!isPassing(answer.status)) return answer;
    answer.discard();
    throw passingFailure(answer);
  }

  /** Aborted by either. A run has one signal, and thousands of requests. */
  #signalFor(outer: AbortSignal | undefined): AbortSignal {
    if (outer === undefined) return this.#closing.signal;
    let signal = this.#signals.get(outer);
    if (signal === undefined) this.#signals.set(outer, (signal = AbortSignal.any([outer, this.#closing.signal])));
    return signal;
  }

  /** The whole body, over as many answers as it takes. */
  async *#bytes(url: URL, first: HttpAnswer, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const encoding = first.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      yield* decodeContent(encoding, first.body);
      return;
    }
    let answer = first;
    let position = 0;
    for (let failures = 0; ; ) {
      const current = answer;
      try {
        for await (const chunk of without(current, position)) {
          failures = 0;
          position += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        if (!(error instanceof HttpFailure) || !error.passing || failures >= this.#options.retries)
          throw this.#failure(error);
        await pause(this.#options, failures++, signal);
        const resumed = await this.#resume(url, position, first.headers.etag, signal);
        if (resumed === undefined) return;
        answer = resumed;
      } finally {
        current.discard();
      }
    }
  }

  /** An answer that begins at `position` or before; undefined when there is nothing more. */
  async #resume(
    url: URL,
    position: number,
    etag: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer | undefined> {
    const headers: Record<string, string> = { range: `bytes=${position}-` };
    if (etag?.startsWith('"')) headers['if-range'] = etag;
    const answer = await this.#ask('GET', url, { signal, headers });
    if (answer.status === 200 || answer.status === 206) return answer;
    answer.discard();
    if (answer.status === 416 && answer.headers['content-range'] === `bytes */${position}`) return undefined;
    throw this.#refusal(answer.status, url);
  }

  /** Names come from the cache itself; they may be whole URLs. */
  #urlOf(name: string): URL {
    const url = URL.parse(name, this.#base.href);
    const secure = url?.protocol === 'https:';
    if (url !== null && (secure || (url.protocol === 'http:' && this.#base.protocol === 'http:'))) return url;
    throw broken(this.uri, `'${name}' is no name of a file in a cache`);
  }

  #refusal(status: number, url: URL): Error {
    if (noCredentials.includes(status)) return denied(this.uri, `${url.pathname} gave ${status}`);
    return unreachable(this.uri, `${url.pathname} gave ${status}`);
  }

  #failure(error: unknown): unknown {
    return error instanceof HttpFailure ? unreachable(this.uri, error.message, error) : error;
  }
}

/** `Authorization` for a user and a password. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function allOf(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* just(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The bytes of an answer from `position` on, which is where it begins or after. */
async function* without(answer: HttpAnswer, position: number): AsyncGenerator<Uint8Array> {
  let skip = position - beginOf(answer);
  if (skip < 0) throw new HttpFailure('the server gave another range than asked for', { passing: false });
  for await (const chunk of answer.body) {
    if (skip >= chunk.length) skip -= chunk.length;
    else {
      yield skip === 0 ? chunk : chunk.subarray(skip);
      skip = 0;
    }
  }
  if (skip > 0) throw new HttpFailure('the file became shorter', { passing: false });
}

function beginOf({ status, headers }: HttpAnswer): number {
  if (status !== 206) return 0;
  const range = /^bytes (\d+)-/.exec(headers['content-range'] ?? '');
  return range === null ? Number.POSITIVE_INFINITY : Number(range[1]);
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

function passingFailure({ status, headers }: HttpAnswer): HttpFailure {
  const after = Number(headers['retry-after']);
  const wait = Number.isFinite(after) ? after * 1000 : undefined;
  return new HttpFailure(`it answers with ${status}`, { passing: true, status, wait });
}

/** What a server says about a refusal, for people. */
async function startOf(answer: HttpAnswer): Promise<string> {
  let text = '';
  try {
    for await (const chunk of answer.body) {
      text += chunk.toString('utf8');
      if (text.length > 300) break;
    }
  } catch {
    // The status says enough.
  }
  return text === '' ? '' : ` (${text.slice(0, 300).trim()})`;
}

function definedOf<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
