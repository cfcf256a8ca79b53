/** A plain HTTP server over a folder, with PUT: the same for both sides. Prints its port. */
import * as fs from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';

const folder = process.argv[2]!;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const file = join(folder, decodeURIComponent(request.url!.split('?')[0]!));
  if (request.method === 'PUT') {
    fs.mkdirSync(dirname(file), { recursive: true });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      fs.writeFileSync(file, Buffer.concat(chunks));
      response.writeHead(200).end();
    });
    return;
  }
  fs.readFile(file, (error, bytes) => {
    if (error !== null) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': bytes.length }).end(request.method === 'HEAD' ? undefined : bytes);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(address.port);
});
