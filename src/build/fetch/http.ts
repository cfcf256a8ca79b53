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
    const response = await ask(url, request);
    const status = response.statusCode ?? 0;
    if (status === 200) return { body: bodyOf(response, url, request), size: sizeOf(response) };
    response.destroy();
    const location = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      throw FetchFailure.ofStatus(url, status, response.statusMessage ?? '');
    }
    url = redirected(url, location);
  }
  throw new FetchFailure(`redirected more than ${mostRedirections} times`, { passing: false });
}

function ask(url: URL, { signal, patience }: HttpRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(signal.aborted ? signal.reason : FetchFailure.ofError(url, error));
    const options = {
      headers: { 'user-agent': 'sysbuild', 'accept-encoding': 'identity' },
      signal,
      agent: agentOf(url),
    };
    const request = url.protocol === 'https:' ? https.get(url, options) : http.get(url, options);
    request.setTimeout(patience, () => request.destroy(FetchFailure.silent(url, patience)));
    request.once('response', resolve);
    request.once('error', fail);
  });
}

/** A connection that is cut before the end, or goes silent, is an error of the body. */
async function* bodyOf(response: http.IncomingMessage, url: URL, { signal }: HttpRequest): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw signal.aborted ? signal.reason : FetchFailure.ofError(url, error);
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
