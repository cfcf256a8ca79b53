/** An HTTP server on this machine with every fault that a fetch may meet. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export class FaultyServer {
  readonly requests: string[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push(request.url!);
      const handler = this.#handlers.get(request.url!);
      if (handler !== undefined) handler(request, response);
      else response.writeHead(404).end('not here');
    });
  }

  static async start(): Promise<FaultyServer> {
    const server = new FaultyServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  on(path: string, handler: Handler): string {
    this.#handlers.set(path, handler);
    return this.url + path;
  }

  /** Serves the same bytes each time. */
  file(path: string, body: string | Uint8Array): string {
    return this.on(path, (_, response) => response.end(body));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
