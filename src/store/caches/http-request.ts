/**
 * One HTTP request. Bytes come as they stand on the server unless it insists on a content encoding; redirections of
 * readers are followed. Why one gave nothing is an `HttpFailure`, which never leaves this folder.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errnoOf } from '../../base/errors.ts';
import type { Agents } from '../../base/http-agent.ts';
import { formatDuration } from '../../base/text.ts';

export class HttpFailure extends Error {
  /** Whether the same may work a moment later. */
  readonly passing: boolean;
  /** The server's status, when it gave one. */
  readonly status: number | undefined;
  /** Milliseconds that the server wants us to wait. */
  readonly wait: number | undefined;

  constructor(reason: string, kind: { passing: boolean; status?: number; wait?: number | undefined }) {
    super(reason);
    this.passing = kind.passing;
    this.status = kind.status;
    this.wait = kind.wait;
  }
}

export interface HttpLimits {
  /** Milliseconds until there must be a connection. */
  readonly connectTimeout: number;
  /** Milliseconds without a sign of life. */
  readonly patience: number;
}

export type HttpBody =
  | { readonly size: number; open(): Readable }
  /** All of it. */
  | { readonly size: number; readonly bytes: Uint8Array };

export interface HttpRequest extends HttpLimits {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly url: URL;
  /** Sent to the server of `url` alone, not where it redirects to. */
  readonly authorization: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody | undefined;
  readonly agents: Agents;
  readonly signal: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Throws `HttpFailure` when it ends too early or goes silent. */
  readonly body: AsyncIterable<Buffer>;
  /** The whole body at once; throws as `body` does. */
  all(most: number): Promise<Buffer | 'longer'>;
  /** Frees the connection of a body that is not wanted. */
  discard(): void;
}

const mostRedirections = 10;
const redirections: readonly (number | undefined)[] = [301, 302, 303, 307, 308];

/** The answer, whatever its status. Throws `HttpFailure` when there is none. */
export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  let { url, authorization } = request;
  for (let hops = 0; hops <= mostRedirections; hops++) {
    const response = await ask({ ...request, url, authorization });
    const { location } = response.headers;
    if (request.method === 'PUT' || !redirections.includes(response.statusCode) || location === undefined)
      return answerOf(response, url, request);
    response.destroy();
    const next = redirected(url, location);
    if (next.origin !== url.origin) authorization = undefined;
    url = next;
  }
  throw new HttpFailure(`redirected more than ${mostRedirections} times`, { passing: false });
}

function answerOf(response: http.IncomingMessage, url: URL, { signal }: HttpRequest): HttpAnswer {
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    get body() {
      return bodyOf(response, url, signal);
    },
    all: (most) => allOf(response, url, signal, most),
    discard: () => discard(response),
  };
}

const shortRest = 64 * 1024;

/** A short rest is read away, so that the connection can be used again. */
function discard(response: http.IncomingMessage): void {
  if (response.readableEnded || response.destroyed) return;
  response.on('error', () => {});
  if (Number(response.headers['content-length'] ?? 0) > shortRest) {
    response.destroy();
    return;
  }
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > shortRest) response.destroy();
  });
}

async function ask(request: HttpRequest): Promise<http.IncomingMessage> {
  const { url, method, signal, patience, agents, authorization, body } = request;
  const secure = url.protocol === 'https:';
  const headers: Record<string, string> = {
    'user-agent': 'sysbuild',
    'accept-encoding': 'identity',
    ...request.headers,
  };
  if (authorization !== undefined) headers['authorization'] = authorization;
  if (body !== undefined) headers['content-length'] = String(body.size);
  if (body !== undefined && body.size >= large) headers['expect'] = '100-continue';
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const agent = secure ? agents.https : agents.http;
    const sent = (secure ? https : http).request({ ...placeOf(url), method, headers, agent });
    if (signal !== undefined) endWith(signal, sent);
    let answer: http.IncomingMessage | undefined;
    limitConnecting(sent, url, request.connectTimeout);
    // Whoever reads the answer is told by the answer.
    sent.setTimeout(patience, () => (answer ?? sent).destroy(silent(url, patience)));
    sent.once('response', (response) => {
      answer = response;
      resolve(response);
    });
    sent.on('error', (error) => {
      if (answer === undefined) reject(signal?.aborted ? signal.reason : failureOf(url, error));
    });
    if (body === undefined) sent.end();
    else sendBody(sent, body);
  });
}

/** What Node wants to know of a URL; it takes longer to find that out. */
function placeOf({ hostname, port, pathname, search }: URL): http.RequestOptions {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return { hostname: host, path: `${pathname}${search}`, ...(port === '' ? {} : { port }) };
}

/** The requests that a signal ends: one listener for all of them, where a run has thousands. */
const endedBy = new WeakMap<AbortSignal, Set<http.ClientRequest>>();

function endWith(signal: AbortSignal, sent: http.ClientRequest): void {
  let requests = endedBy.get(signal);
  if (requests === undefined) {
    const all = new Set<http.ClientRequest>();
    requests = all;
    endedBy.set(signal, all);
    signal.addEventListener('abort', () => {
      for (const request of all) request.destroy(new Error('aborted'));
    });
  }
  requests.add(sent);
  sent.once('close', () => requests.delete(sent));
}

/** From this size on a server is asked before it is sent. */
const large = 1024 * 1024;
/** Milliseconds until a large body is sent to a server that does not answer the question. */
const courtesy = 1000;

/** A server that refuses may answer before it has read everything: its answer counts, not the broken pipe. */
function sendBody(sent: http.ClientRequest, body: HttpBody): void {
  let begun = false;
  const begin = (): void => {
    if (begun || sent.destroyed || sent.writableEnded) return;
    begun = true;
    if ('bytes' in body) sent.end(body.bytes);
    else pipeline(body.open(), sent).catch(() => {});
  };
  if (body.size < large) {
    begin();
    return;
  }
  const timer = setTimeout(begin, courtesy);
  sent.once('continue', begin);
  sent.once('response', (response) => {
    clearTimeout(timer);
    // What was announced and is not sent leaves the connection useless.
    if (!begun) response.once('close', () => sent.destroy());
  });
  sent.once('close', () => clearTimeout(timer));
}

function limitConnecting(sent: http.ClientRequest, url: URL, limit: number): void {
  sent.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => sent.destroy(silent(url, limit)), limit);
    const stop = (): void => clearTimeout(timer);
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', stop);
    socket.once('close', stop);
  });
}

async function* bodyOf(
  response: http.IncomingMessage,
  url: URL,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw signal?.aborted ? signal.reason : failureOf(url, error);
  }
  if (!response.complete) throw new HttpFailure('the answer ended too early', { passing: true });
}

/** By its events: asking a stream for its pieces one by one costs more than a small body is worth. */
function allOf(
  response: http.IncomingMessage,
  url: URL,
  signal: AbortSignal | undefined,
  most: number,
): Promise<Buffer | 'longer'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= most) return;
      resolve('longer');
      response.destroy();
    });
    response.once('error', (error) => reject(signal?.aborted ? signal.reason : failureOf(url, error)));
    response.once('end', () => {
      if (response.complete) resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
      else reject(new HttpFailure('the answer ended too early', { passing: true }));
    });
    response.once('aborted', () => reject(new HttpFailure('the answer ended too early', { passing: true })));
  });
}

function redirected(from: URL, location: string): URL {
  const url = URL.parse(location, from.href);
  // Never from a connection that is secure to one that is not.
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && from.protocol === 'http:')) return url;
  throw new HttpFailure(`redirected to '${location}', where nothing is taken from`, { passing: false });
}

function silent(url: URL, limit: number): HttpFailure {
  return new HttpFailure(`no answer from ${url.host} within ${formatDuration(limit)}`, { passing: true });
}

function failureOf(url: URL, error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const errno = errnoOf(error) ?? '';
  const words = wordsOf[errno];
  if (words !== undefined) return new HttpFailure(words(url), { passing: true });
  const message = error instanceof Error && error.message !== '' ? error.message : errno;
  return new HttpFailure(message, { passing: !isCertificateProblem(errno) });
}

const cut = (url: URL): string => `${url.host} closed the connection too early`;
const wordsOf: Readonly<Record<string, (url: URL) => string>> = {
  ENOTFOUND: (url) => `the host ${url.hostname} cannot be found`,
  EAI_AGAIN: (url) => `the host ${url.hostname} cannot be looked up`,
  ECONNREFUSED: (url) => `${url.host} refuses connections`,
  ECONNRESET: cut,
  EPIPE: cut,
  ERR_STREAM_PREMATURE_CLOSE: cut,
  ETIMEDOUT: (url) => `${url.host} does not answer`,
  ENETUNREACH: (url) => `${url.host} cannot be reached`,
  EHOSTUNREACH: (url) => `${url.host} cannot be reached`,
};

function isCertificateProblem(code: string): boolean {
  return code.includes('CERT') || code.startsWith('ERR_TLS') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
}
