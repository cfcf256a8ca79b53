/** A plain HTTP server that keeps files in memory, and can misbehave on demand. */
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Answers a request instead of the server; false leaves it to the server. */
export type Trick = (request: http.IncomingMessage, response: http.ServerResponse) => boolean;

export interface HttpFiles {
  readonly url: string;
  readonly files: Map<string, Buffer>;
  /** `METHOD name`, with the range where there was one. */
  readonly requests: string[];
  /** How many connections were opened. */
  connections(): number;
  trick: Trick | undefined;
  stop(): Promise<void>;
}

export async function serveFiles(options: { ranges?: boolean } = {}): Promise<HttpFiles> {
  const files = new Map<string, Buffer>();
  const requests: string[] = [];
  let connections = 0;
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(request.url!.slice(1));
    const { range } = request.headers;
    requests.push(`${request.method} ${name}${range === undefined ? '' : ` ${range}`}`);
    if (state.trick?.(request, response)) return;
    if (request.method === 'PUT') void store(files, name, request, response);
    else answer(files.get(name), options.ranges === false ? undefined : range, request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: HttpFiles = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    requests,
    connections: () => connections,
    trick: undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  onTestFinished(() => state.stop());
  return state;
}

async function store(
  files: Map<string, Buffer>,
  name: string,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  files.set(name, Buffer.concat(chunks));
  response.writeHead(204).end();
}

function answer(
  file: Buffer | undefined,
  range: string | undefined,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  if (file === undefined) {
    // Without a length the connection of a HEAD request could not be kept.
    response.writeHead(404, { 'content-length': 8 }).end('not here');
    return;
  }
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const headers = { etag: `"${file.length}"`, 'content-length': file.length - from };
  if (range === undefined) response.writeHead(200, headers);
  else response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` });
  response.end(request.method === 'HEAD' ? undefined : file.subarray(from));
}
