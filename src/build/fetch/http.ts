/**
 * One HTTP request, answered as a stream of bytes exactly as they stand on the server: nothing is asked for in a
 * compressed form, and nothing is decoded. Redirections are followed.
 */
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { FetchFailure } from './failure.ts';

export interface HttpAnswer {
  readonly body: AsyncIterable<Buffer>;
  /** Bytes, where the server says so. */
  readonly size: number | undefined;
}

export interface HttpRequest {
  readonly url: string;
  readonly signal: AbortSignal;
  /** Milliseconds without a sign of life. */
  readonly patience: number;
}

const mostRedirections = 10;

/** @throws FetchFailure */
export async function httpGet(request: HttpRequest): Promise<HttpAnswer> {
  let url = new URL(request.url);
  for (let hops = 0; hops <= mostRedirections; hops++) {
    const exchange = await ask(url, request);
    const { response } = exchange;
    const status = response.statusCode ?? 0;
    if (status === 200) return { body: bodyOf(exchange), size: sizeOf(response) };
    response.destroy();
    const location = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      throw FetchFailure.ofStatus(status, response.statusMessage ?? '');
    }
    url = redirected(url, location);
  }
  throw new FetchFailure(`redirected more than ${mostRedirections} times`, { passing: false });
}

interface Exchange {
  readonly response: http.IncomingMessage;
  /** What to throw for an error of the connection: the reason why we ended it, if we did. */
  readonly because: (error: unknown) => unknown;
}

function ask(url: URL, { signal, patience }: HttpRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    let silent: FetchFailure | undefined;
    const because = (error: unknown): unknown =>
      signal.aborted ? signal.reason : (silent ?? FetchFailure.ofError(url, error));
    const headers = { 'user-agent': 'sysbuild', 'accept-encoding': 'identity' };
    const options = { headers, signal, agent: agentOf(url) };
    const request = url.protocol === 'https:' ? https.get(url, options) : http.get(url, options);
    request.setTimeout(patience, () => {
      silent = FetchFailure.silent(url, patience);
      request.destroy(silent);
    });
    request.once('response', (response) => resolve({ response, because }));
    request.on('error', (error) => reject(because(error)));
  });
}

/** A connection that is cut before the end, or goes silent, is an error of the body. */
async function* bodyOf({ response, because }: Exchange): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw because(error);
  }
  if (!response.complete) throw new FetchFailure('the answer ended too early', { passing: true });
}

function sizeOf(response: http.IncomingMessage): number | undefined {
  const length = response.headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

function redirected(from: URL, location: string): URL {
  try {
    const url = new URL(location, from);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // Said below.
  }
  throw new FetchFailure(`redirected to '${location}', which is no http URL`, { passing: false });
}

let agents: { readonly http: http.Agent; readonly https: https.Agent } | undefined;

/** Connections are kept for the next request. The usual variables (`https_proxy`, `no_proxy`) name a proxy. */
function agentOf(url: URL): http.Agent {
  if (agents === undefined) {
    const options = { keepAlive: true, proxyEnv: process.env };
    const ca = ownCertificates();
    agents = {
      http: new http.Agent(options),
      https: new https.Agent(ca === undefined ? options : { ...options, ca }),
    };
  }
  return url.protocol === 'https:' ? agents.https : agents.http;
}

/** Certificate authorities of the user's choice instead of Node's. */
function ownCertificates(): Buffer | undefined {
  const file = process.env['NIX_SSL_CERT_FILE'] ?? process.env['SSL_CERT_FILE'];
  if (file === undefined || file === '' || !fs.existsSync(file)) return undefined;
  return fs.readFileSync(file);
}
