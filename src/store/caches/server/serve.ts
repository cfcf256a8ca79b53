/**
 * Offers a local store as a binary cache over HTTP. Archives are made while they are sent, no faster than the other
 * side takes them, so what a request costs in memory does not depend on what it asks for.
 */
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sink } from '../../../base/events.ts';
import { StoreError } from '../../errors.ts';
import type { LocalStore } from '../../local/local-store.ts';
import { type Answer, send, textAnswer } from './answer.ts';
import { type ReadingOptions, readingAnswer } from './reading.ts';
import { routeOf } from './route.ts';
import { type UploadOptions, Uploads } from './uploads.ts';

export interface ServeOptions extends Partial<ReadingOptions> {
  /** By default only this machine is listened to. */
  readonly host?: string | undefined;
  /** 0: any that is free. */
  readonly port?: number | undefined;
  /** Undefined: nothing is taken. */
  readonly uploads?: UploadOptions | undefined;
  /** Ends the service: what is being sent has a few seconds left. */
  readonly signal?: AbortSignal | undefined;
  readonly sink: Sink;
}

export interface CacheServer {
  readonly url: string;
  /** Resolves when the last connection is closed. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Milliseconds. */
const graceful = 5000;
/** Milliseconds without a sign of life. */
const patience = 60_000;
const mostConnections = 1024;

/** Resolves when it listens. Throws `StoreError` `store/io` when it cannot. */
export async function serveStore(store: LocalStore, options: ServeOptions): Promise<CacheServer> {
  const { keys = [], compression = 'zstd', priority = 30, level, sink, signal } = options;
  const reading = { keys, compression, priority, level };
  const uploads = options.uploads === undefined ? undefined : new Uploads(store, options.uploads);
  const service = new Service(store, reading, uploads, sink);
  const server = http.createServer((request, response) => void service.handle(request, response));
  // A client that asks first is told before it sends: refused, it sends nothing.
  server.on('checkContinue', (request, response) => void service.handle(request, response));
  server.maxConnections = mostConnections;
  server.requestTimeout = 0; // an upload takes as long as it takes, while it goes on
  server.setTimeout(patience);
  const closed = new Promise<void>((resolve) => server.once('close', resolve)).then(() => uploads?.close());
  await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  const close = (): void => {
    service.ending = true;
    server.close();
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), graceful).unref();
  };
  signal?.addEventListener('abort', close, { once: true });
  if (signal?.aborted) close();
  return { url: urlOf(server), closed, close };
}

class Service {
  /** Connections are not kept any more. */
  ending = false;
  readonly #store: LocalStore;
  readonly #reading: ReadingOptions;
  readonly #uploads: Uploads | undefined;
  readonly #sink: Sink;

  constructor(store: LocalStore, reading: ReadingOptions, uploads: Uploads | undefined, sink: Sink) {
    this.#store = store;
    this.#reading = reading;
    this.#uploads = uploads;
    this.#sink = sink;
  }

  async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (this.ending) response.shouldKeepAlive = false;
    let status = 500;
    try {
      const answer = await this.#answerOrFailure(request, response);
      ({ status } = answer);
      if (!response.destroyed) await send(request, response, answer);
    } catch (error) {
      // The other side has gone, or the tree could not be read to its end.
      if (!response.writableFinished) response.destroy();
      if (!isDeparture(error)) this.#complain(request, error);
    } finally {
      this.#sink.emit({ type: 'message', level: 'info', text: `${request.method} ${request.url} ${status}` });
    }
  }

  async #answerOrFailure(request: http.IncomingMessage, response: http.ServerResponse): Promise<Answer> {
    try {
      return await this.#answer(request, response);
    } catch (error) {
      if (isDeparture(error)) throw error;
      this.#complain(request, error);
      return textAnswer(500, 'this server failed\n');
    }
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<Answer> {
    const { method, headers, url = '' } = request;
    const route = routeOf(this.#store.storeDir, url);
    if (method === 'PUT') return this.#upload(request, response);
    if (method !== 'GET' && method !== 'HEAD') {
      return { ...textAnswer(405, 'only GET, HEAD and PUT are known\n'), headers: { allow: 'GET, HEAD, PUT' } };
    }
    if (route.kind === 'upload' && this.#uploads !== undefined) return this.#uploads.find(route.name);
    return readingAnswer(this.#store, this.#reading, route, headers);
  }

  async #upload(request: http.IncomingMessage, response: http.ServerResponse): Promise<Answer> {
    if (this.#uploads === undefined) return textAnswer(405, 'nothing can be sent to this cache\n');
    if (!this.#uploads.isAllowed(request.headers)) {
      const refused = textAnswer(401, 'a token is needed to send something to this cache\n');
      return { ...refused, headers: { ...refused.headers, 'www-authenticate': 'Basic realm="sysbuild"' } };
    }
    if (request.headers.expect !== undefined) response.writeContinue();
    return this.#uploads.take(routeOf(this.#store.storeDir, request.url ?? ''), request);
  }

  #complain(request: http.IncomingMessage, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#sink.emit({ type: 'message', level: 'warn', text: `${request.method} ${request.url}: ${why}` });
  }
}

/** The other side closed the connection. */
function isDeparture(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ABORT_ERR';
}

function listen(server: http.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const message = `cannot listen on ${host}:${port}: ${error.message}`;
      reject(new StoreError('store/io', message, { details: { host, port }, cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

function urlOf(server: http.Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
