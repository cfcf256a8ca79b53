/**
 * How fast the codecs are that every store object passes through: digests, the scan for references, the digest modulo
 * a self reference, archives of large and of small files. Run: `node bench/formats/codecs.ts`. Best of five.
 */
import {
  createModuloHasher,
  hashBytes,
  NarReader,
  NarWriter,
  nix32Encode,
  ReferenceScanner,
} from '../../src/formats/index.ts';

const piece = 65_536;
const size = 64 * 1024 * 1024;

/** Bytes that look like a program: text, numbers and digests mixed. */
const bytes = Buffer.concat(
  Array.from({ length: size / 4096 }, (_, i) => {
    const noise = hashBytes('sha512', String(i)).bytes;
    return Buffer.concat([
      Buffer.alloc(2048, noise),
      Buffer.alloc(2048, `if (value${i} == null) return the_other; /* ${i} */ `),
    ]);
  }),
);
const hashParts = Array.from({ length: 300 }, (_, i) => nix32Encode(hashBytes('sha1', String(i)).bytes));

function inPieces(data: Uint8Array, use: (chunk: Uint8Array) => void): void {
  for (let at = 0; at < data.length; at += piece) use(data.subarray(at, at + piece));
}

function measure(what: string, length: number, body: () => void): void {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const start = performance.now();
    body();
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${what.padEnd(44)} ${(length / 1e6 / (best / 1000)).toFixed(0).padStart(7)} MB/s`);
}

function archive(files: number, data: Uint8Array): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk));
  writer.directory();
  for (let i = 0; i < files; i++) {
    writer.entry(`file-${String(i).padStart(8, '0')}`);
    writer.regular(false, data.length);
    inPieces(data, (chunk) => writer.data(chunk));
    writer.end();
  }
  writer.end();
  writer.finish();
  return Buffer.concat(chunks);
}

measure('SHA-256', bytes.length, () => hashBytes('sha256', bytes));
measure('references to 300 paths', bytes.length, () => {
  const scanner = new ReferenceScanner(hashParts);
  inPieces(bytes, (chunk) => scanner.push(chunk));
});
measure('SHA-256 modulo a self reference', bytes.length, () => {
  const hasher = createModuloHasher('sha256', hashParts[0]!);
  inPieces(bytes, (chunk) => hasher.update(chunk));
  hasher.digest();
});
for (const [what, files, data] of [
  ['one large file', 1, bytes],
  ['20000 files of 500 bytes', 20_000, bytes.subarray(0, 500)],
] as const) {
  const nar = archive(files, data);
  measure(`writing an archive of ${what}`, nar.length, () => archive(files, data));
  measure(`reading an archive of ${what}`, nar.length, () => {
    const reader = new NarReader();
    inPieces(nar, (chunk) => reader.push(chunk));
    reader.finish();
  });
}
