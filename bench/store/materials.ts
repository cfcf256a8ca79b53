/** What is measured: trees, files, stores with many paths. Made once for a run, the same each time. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { formatHash, hashBytes, NarWriter } from '../../src/formats/index.ts';

/** Bytes of a program's kind: half text, half noise. Cheap to make, and not compressed to nothing. */
export function material(size: number, seed = 0): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  const text = Buffer.from('if (value == null) return the_other; // what else could it be, 0123456789abcdef\n');
  for (let at = 0; at < size; at += 4096) {
    const end = Math.min(at + 4096, size);
    for (let i = at; i < end - 2048; i += text.length) text.copy(bytes, i, 0, Math.min(text.length, end - i));
    for (let i = Math.max(at, end - 2048); i + 4 <= end; i += 4) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes.writeUInt32LE((state ^ (state >>> 13)) >>> 0, i);
    }
  }
  return bytes;
}

/** A tree of many small files, a hundred in a folder. */
export function makeTree(place: string, files: number): string {
  const data = material(64 * 1024);
  for (let i = 0; i < files; i++) {
    const folder = join(place, `folder-${Math.floor(i / 100)}`);
    if (i % 100 === 0) fs.mkdirSync(folder, { recursive: true });
    const start = (i * 131) % 60_000;
    fs.writeFileSync(join(folder, `file-${i}`), data.subarray(start, start + 200 + ((i * 37) % 3000)));
  }
  return place;
}

export function makeFile(place: string, size: number): string {
  const piece = material(Math.min(size, 16 * 1024 * 1024));
  const fd = fs.openSync(place, 'w');
  for (let at = 0; at < size; at += piece.length) {
    piece.writeUInt32LE(at % 4_294_967_295, 0);
    fs.writeSync(fd, piece, 0, Math.min(piece.length, size - at));
  }
  fs.closeSync(fd);
  return place;
}

export interface ManyPaths {
  /** In the form of `nix-store --load-db`. */
  readonly list: string;
  /** One that leads to all of the first half, and needs none of the second. */
  readonly top: string;
}

/**
 * `count` small files in a store's folder, each referring to four before it. The first half hangs together below one
 * path; nothing of it refers to the second half.
 */
export function makePaths(storeFolder: string, count: number, list: string): ManyPaths {
  fs.mkdirSync(storeFolder, { recursive: true });
  const paths: string[] = [];
  const half = count / 2;
  const out = fs.openSync(list, 'w');
  for (let i = 0; i < count; i++) {
    const text = `path ${i}\n`;
    const begin = i < half ? 0 : half;
    const near = i === begin ? [] : [i - 1, begin + ((i * 7) % (i - begin)), begin + ((i * 31) % (i - begin)), begin];
    const references = [...new Set(near)].map((at) => paths[at]!).sort();
    const path = `/nix/store/${formatHash(hashBytes('sha1', text), 'nix32')}-path-${i}`;
    paths.push(path);
    const nar = narOf(text);
    const file = join(storeFolder, path.slice('/nix/store/'.length));
    fs.writeFileSync(file, text, { mode: 0o444 });
    fs.utimesSync(file, 1, 1);
    const hash = formatHash(hashBytes('sha256', nar), 'base16');
    fs.writeSync(
      out,
      [path, hash, nar.length, '', references.length, ...references].map((line) => `${line}\n`).join(''),
    );
  }
  fs.closeSync(out);
  return { list, top: paths[half - 1]! };
}

function narOf(text: string): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk));
  writer.regular(false, text.length);
  writer.data(Buffer.from(text));
  writer.end();
  writer.finish();
  return Buffer.concat(chunks);
}
