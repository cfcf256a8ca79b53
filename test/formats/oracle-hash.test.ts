/** Digests and the texts of hashes against the real Nix. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect } from 'vitest';
import {
  FormatError,
  formatHash,
  formatJsonDouble,
  type HashBase,
  hashBytes,
  parseHash,
  parseJson,
  printJson,
} from '../../src/formats/index.ts';
import { byteText, hash } from '../support/format-arbitraries.ts';
import { oracleTest } from '../support/oracle.ts';
import { OracleStore } from '../support/oracle-store.ts';

const store = new OracleStore('/nix/store');
afterAll(() => store.remove());

const seed = 11_031_994;
const bases: readonly HashBase[] = ['base16', 'nix32', 'base64', 'sri'];
const algorithms = ['md5', 'sha1', 'sha256', 'sha512', 'blake3'] as const;

oracleTest('digests of texts, in every form', async () => {
  const texts = fc.sample(byteText, { seed, numRuns: 60 }).map((text) => text.replaceAll('\0', ''));
  const cases = texts.flatMap((text) => algorithms.map((algorithm) => ({ text, algorithm })));
  const calls = cases.flatMap(({ text, algorithm }) =>
    bases.map(
      (base) =>
        `(convertHash { hash = hashString "${algorithm}" ${literal(text)}; hashAlgo = "${algorithm}"; toHashFormat = "${base}"; })`,
    ),
  );
  const found = await evaluate(`with builtins; toJSON [ ${calls.join(' ')} ]`);
  const ours = cases.flatMap(({ text, algorithm }) =>
    bases.map((base) => formatHash(hashBytes(algorithm, text), base)),
  );
  expect(ours).toEqual(JSON.parse(found));
});

oracleTest('what is a hash for the real Nix is one here, and the other way round', async () => {
  const good = fc.sample(hash, { seed, numRuns: 4 });
  const texts = good.flatMap((value) => bases.map((base) => `${value.algorithm}:${formatHash(value, base)}`));
  const sri = good.map((value) => formatHash(value, 'sri'));
  const odd = [
    ...[...texts, ...sri].flatMap((text) => [text.slice(0, -1), text.toUpperCase(), `${text}0`, text.slice(1)]),
    ...sri.flatMap((text) => [text.replace(/=+$/, ''), text.replace('-', ':'), text.replace('-', '-!')]),
    ...[`sha256:z${'0'.repeat(51)}`, `sha256:1${'0'.repeat(51)}`, `sha256:2${'0'.repeat(51)}`],
    ...[`sha256:${'u'.repeat(52)}`, 'sha256:', 'sha256-', ':', '-', 'x', `sha3:${'0'.repeat(64)}`],
  ];
  const all = [...texts, ...sri, ...odd];
  writeFileSync(join(store.folder, 'texts'), `${all.join('\n')}\n`);
  await store.run(
    'while read -r t; do nix --extra-experimental-features blake3-hashes hash convert --to sri -- "$t" 2>/dev/null || echo no; done <texts >verdicts',
  );
  expect(all.map(verdict)).toEqual(readFileSync(join(store.folder, 'verdicts'), 'utf8').trimEnd().split('\n'));
});

oracleTest('numbers in JSON have the same digits', async () => {
  const doubles = fc.sample(fc.double({ noDefaultInfinity: true, noNaN: true }), { seed, numRuns: 3000 });
  const usual = doubles.map((value) => Math.trunc((value % 1) * 1e6) / 1e3 + 0.1);
  const texts = [...doubles.filter((value) => Math.abs(value) > 1e-300), ...usual].map((value) =>
    value.toExponential(17),
  );
  writeFileSync(join(store.folder, 'numbers.json'), `[${texts.join(',')}]`);
  const found = await evaluate('builtins.toJSON (builtins.fromJSON (builtins.readFile ./numbers.json))');
  expect(`[${texts.map((text) => formatJsonDouble(Number(text))).join(',')}]`).toBe(found);
  expect(printJson(parseJson(`[${texts.join(', ')}]`, 'formats/structured-attributes'))).toBe(found);
});

async function evaluate(expression: string): Promise<string> {
  writeFileSync(join(store.folder, 'expression.nix'), Buffer.from(expression, 'latin1'));
  await store.run(
    'nix-instantiate --extra-experimental-features blake3-hashes --eval --strict --raw expression.nix >value',
  );
  return readFileSync(join(store.folder, 'value'), 'latin1');
}

function verdict(text: string): string {
  try {
    return formatHash(parseHash(text), 'sri');
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return 'no';
  }
}

function literal(value: string): string {
  return `"${value.replace(/["\\$]/g, '\\$&').replaceAll('\r', '\\r')}"`;
}
