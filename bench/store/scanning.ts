/**
 * Hashing and scanning: beside OpenSSL's own measure of the machine, and beside a build of the real Nix, which does the
 * same with each output. What Nix takes for it is the time between two messages of its log.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { ended, runSync, start } from '../../src/base/process.ts';
import { formatHash, hashBytes } from '../../src/formats/index.ts';
import { once } from '../support/pairs.ts';
import type { Bench } from './cases.ts';
import { makeFile } from './materials.ts';

export async function scanning(bench: Bench, runs: number): Promise<void> {
  const size = Math.round(1024 * 1024 * 1024 * bench.scale);
  const file = join(bench.scratch, 'file');
  if (!fs.existsSync(file)) makeFile(file, size);
  const inputs = Array.from({ length: 1000 }, (_, i) => `input ${i}`);
  const list = join(bench.scratch, 'hash-parts');
  fs.writeFileSync(list, inputs.map((text) => `${formatHash(hashBytes('sha1', text), 'nix32')}\n`).join(''));
  const [hash, scan, empty, theirs, openssl]: number[][] = [[], [], [], [], []];
  const small = join(bench.scratch, 'small');
  fs.writeFileSync(small, 'x');
  const seconds = async (verb: string, place: string): Promise<number> =>
    (await once({ name: verb, wrapper: [], words: [process.execPath, bench.driver, verb, place, list] })).wall;
  for (let i = 0; i < runs; i++) {
    openssl!.push(opensslSpeed());
    empty!.push(await seconds('scan', small));
    hash!.push(await seconds('hash', file));
    scan!.push(await seconds('scan', file));
    theirs!.push(await nixScan(bench, file));
  }
  const start = median(empty!);
  const rate = (all: number[]): number => size / 1e6 / (median(all) - start);
  const speed = median(openssl!);
  const share = (mbs: number): string =>
    `${Math.round(mbs)} MB/s, ${Math.round((100 * mbs) / speed)}% of openssl's ${Math.round(speed)}`;
  const ratio = (median(scan!) - start) / median(theirs!);
  console.log(
    `scan for 1000 references, hashing: ${ratio.toFixed(2)} of Nix's ${median(theirs!).toFixed(3)} s; ${share(rate(scan!))}`,
  );
  console.log(`hash a file: ${share(rate(hash!))}`);
}

function opensslSpeed(): number {
  const { stdout } = runSync('openssl', [
    'speed',
    '-mr',
    '-elapsed',
    '-evp',
    'sha256',
    '-seconds',
    '1',
    '-bytes',
    '65536',
  ]);
  const figure = /^\+F:\d+:sha256:([\d.]+)/im.exec(stdout)?.[1];
  if (figure === undefined) throw new Error(`openssl says nothing that is understood: ${stdout}`);
  return Number(figure) / 1e6;
}

/** Seconds from the message that the output is scanned to the next one. */
async function nixScan(bench: Bench, file: string): Promise<number> {
  const store = join(bench.scratch, 'scan-store');
  runSync('sh', ['-c', `chmod -R u+w ${store} 2>/dev/null; rm -rf ${store}; mkdir -p ${store}`]);
  const inputs = `builtins.genList (i: builtins.toFile "input-\${toString i}" (toString i)) 1000`;
  const expression = `derivation { name = "x"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "/bin/cp ${file} $out" ]; inputs = ${inputs}; }`;
  const [program, ...words] = [
    ...bench.reference,
    '--store',
    store,
    'nix-build',
    '-vvvvv',
    '--no-out-link',
    '-E',
    expression,
  ];
  const env = { ...process.env, NIX_CONFIG: 'sandbox = false\nsubstituters =\nbuild-users-group =' };
  const child = start(program!, words, { stdio: ['ignore', 'ignore', 'pipe'], env });
  const end = ended(child, 'nix-build');
  let began: number | undefined;
  let took: number | undefined;
  let rest = '';
  for await (const chunk of child.stderr!) {
    const now = performance.now();
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (began !== undefined && took === undefined) took = now - began;
      if (/scanning for references for output/.test(line)) began = now;
    }
  }
  const { status } = await end;
  if (status !== 0 || took === undefined) throw new Error('the real Nix did not build, or did not say that it scans');
  return took / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
