/** An answer before it is sent: plain data, and a body that is made while it is sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  /** A text that is sent at once, or bytes of a stream; a HEAD request gets neither. */
  readonly body?: string | (() => AsyncIterable<Uint8Array>) | undefined;
}

export function textAnswer(status: number, text: string, type = 'text/plain; charset=utf-8'): Answer {
  return { status, headers: { 'content-type': type }, body: text };
}

export const notFound: Answer = textAnswer(404, 'not found\n');

/** Sends it, no faster than the other side takes it. Rejects when the body fails; the connection is closed then. */
export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status, headers, body } = answer;
  if (!request.readableEnded && request.method === 'PUT') endUpload(request, response);
  if (typeof body === 'string' || body === undefined) {
    const bytes = Buffer.from(body ?? '', 'latin1');
    response.writeHead(status, { ...headers, 'content-length': headers['content-length'] ?? bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
    return;
  }
  response.writeHead(status, headers);
  if (request.method === 'HEAD') response.end();
  else await pipeline(Readable.from(body(), { objectMode: false }), response);
}

/** Milliseconds. */
const politeness = 3000;

/**
 * An upload that is refused. Its rest would be taken for the next request, so the connection is not kept; but closed
 * at once it would take the answer with it.
 */
function endUpload(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  request.resume();
  const timer = setTimeout(() => request.destroy(), politeness);
  request.once('close', () => clearTimeout(timer));
}
