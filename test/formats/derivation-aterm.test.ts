import { describe, expect, test } from 'vitest';
import {
  type Derivation,
  type DerivationOutput,
  derivationKind,
  derivationPath,
  derivationReferences,
  downstreamPlaceholder,
  hashBytes,
  hashPlaceholder,
  outputPath,
  parseDerivation,
  parseStorePath,
  printDerivation,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const dir = '/nix/store';
const out = '/nix/store/s668cfx1vrqfjryf96jj8wfhg7f67dhj-x';
/** What the real Nix makes of the smallest derivation. */
const smallest = `Derive([("out","${out}","","")],[],[],"x86_64-linux","/bin/sh",[],[("builder","/bin/sh"),("name","x"),("out","${out}"),("system","x86_64-linux")])`;

test('the smallest derivation', () => {
  const drv = parseDerivation(dir, smallest, 'x');
  expect(printDerivation(dir, drv)).toBe(smallest);
  expect(derivationPath(dir, drv)).toBe('/nix/store/97qlv6h78lxlm9zc8849ahsbcklhsi2y-x.drv');
  expect(derivationKind(drv)).toBe('input-addressed');
  expect(outputPath(dir, drv, 'out')).toBe(out);
  expectFormatError('formats/derivation-unknown-output', () => outputPath(dir, drv, 'dev'));
});

test('escapes', () => {
  const args = ['"\\\n\r\t', '\\n', '\0\u0001\u00ff', '$x', ''];
  const text = printDerivation(dir, { ...parseDerivation(dir, smallest, 'x'), args });
  expect(text).toContain(`["\\"\\\\\\n\\r\\t","\\\\n","\0\u0001\u00ff","$x",""]`);
  expect(parseDerivation(dir, text, 'x').args).toEqual(args);
  expect(parseDerivation(dir, smallest.replace(',[],[("b', String.raw`,["\a\'\z"],[("b`), 'x').args).toEqual(["a'z"]);
});

test('outputs of every kind', () => {
  const hash = hashBytes('sha256', 'abc');
  const printed = (output: DerivationOutput): string =>
    /\("out",(.*?)\)/.exec(printDerivation(dir, derivation(new Map([['out', output]]))))![1]!;
  const digits = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(printed({ kind: 'deferred' })).toBe('"","",""');
  expect(printed({ kind: 'input-addressed', path: parseStorePath(dir, out) })).toBe(`"${out}","",""`);
  expect(printed({ kind: 'fixed', method: 'nar', hash })).toBe(
    `"/nix/store/92mx48lzpi4pbjmxnj2hdspiss0vgr6s-f","r:sha256","${digits}"`,
  );
  expect(printed({ kind: 'floating', method: 'flat', algorithm: 'sha1' })).toBe('"","sha1",""');
  expect(printed({ kind: 'impure', method: 'nar', algorithm: 'sha256' })).toBe('"","r:sha256","impure"');
});

test('a derivation refers to its inputs, once each and sorted', () => {
  const [a, b] = ['0', '1'].map((digit) => parseStorePath(dir, `${dir}/${digit.repeat(32)}-i.drv`));
  const drv = { ...derivation(new Map()), inputDrvs: new Map([[b!, ['out']]]), inputSrcs: [b!, a!] };
  expect(derivationReferences(drv)).toEqual([a, b]);
});

describe('texts that are no derivations', () => {
  const texts: Record<string, string> = {
    empty: '',
    truncated: smallest.slice(0, -1),
    'with more after its end': `${smallest}\n`,
    'of another version': smallest.replace('Derive(', 'DrvWithVersion("xp-dyn-drv",'),
    'with white space': smallest.replace(',', ', '),
    'with a comma too many': smallest.replace('[],', '[,],'),
    'with a comma too few': smallest.replace('"),("name"', '")("name"'),
    'with an unterminated string': smallest.slice(0, smallest.lastIndexOf('"')),
    'ending in a backslash': `${smallest.slice(0, -3)}\\`,
    'with an output twice': smallest.replace('[(', `[("out","","",""),(`),
    'with a variable twice': smallest.replace('[("b', '[("name",""),("b'),
    'with a hash and no algorithm': smallest.replace('"",""', '"","00"'),
    'with a path for a floating output': smallest.replace('"",""', '"r:sha256",""'),
    'with a path for an impure output': smallest.replace('"",""', '"r:sha256","impure"'),
    'with a fixed output that has no path': smallest.replace(`"${out}","",""`, `"","sha256","${'0'.repeat(64)}"`),
    'with a source twice': smallest.replace('[],[],', `[],["${out}","${out}"],`),
    'with an input twice': smallest.replace('[],[],', `[("${out}",["out"]),("${out}",["out"])],[],`),
    'with an output of an input twice': smallest.replace('[],[],', `[("${out}",["out","out"])],[],`),
    'with a quote in the name of an output': smallest.replace('[("out"', '[("o\\"t"'),
    'with a line break in its system': smallest.replace('64-linux', '64\\nlinux'),
  };
  test.each(Object.entries(texts))('%s', (_, text) => {
    expectFormatError('formats/derivation-syntax', () => parseDerivation(dir, text, 'x'));
  });

  test('with paths and hashes that are none', () => {
    expectFormatError('formats/store-path', () => parseDerivation(dir, smallest.replace(out, '/x'), 'x'));
    expectFormatError('formats/store-path', () => parseDerivation('/other/store', smallest, 'x'));
    const fixed = (algorithm: string, hash: string): string => smallest.replace('"",""', `"${algorithm}","${hash}"`);
    expectFormatError('formats/hash', () => parseDerivation(dir, fixed('sha256', '00'), 'x'));
    expectFormatError('formats/hash-algorithm', () => parseDerivation(dir, fixed('x:sha256', '00'), 'x'));
  });
});

test('what would have to be escaped where nothing is escaped cannot be printed', () => {
  expectFormatError('formats/derivation-syntax', () =>
    printDerivation(dir, { ...derivation(new Map()), system: 'a"b' }),
  );
  expectFormatError('formats/derivation-syntax', () =>
    printDerivation(dir, derivation(new Map([['a\n', { kind: 'deferred' }]]))),
  );
});

test('kinds cannot be mixed', () => {
  const fixed = { kind: 'fixed', method: 'flat', hash: hashBytes('sha256', '') } as const;
  const floating = { kind: 'floating', method: 'nar', algorithm: 'sha256' } as const;
  const deferred = { kind: 'deferred' } as const;
  const refused: [string, DerivationOutput][][] = [
    [],
    [
      ['out', deferred],
      ['dev', floating],
    ],
    [
      ['out', fixed],
      ['dev', fixed],
    ],
    [['dev', fixed]],
    [
      ['out', floating],
      ['dev', { ...floating, algorithm: 'sha1' }],
    ],
  ];
  for (const outputs of refused) {
    expectFormatError('formats/derivation-output', () => derivationKind({ outputs: new Map(outputs) }));
  }
  expect(
    derivationKind({
      outputs: new Map<string, DerivationOutput>([
        ['out', floating],
        ['dev', { ...floating, method: 'flat' }],
      ]),
    }),
  ).toBe('floating');
});

test('placeholders', () => {
  expect(hashPlaceholder('out')).toBe('/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9');
  expect(hashPlaceholder('dev')).toBe('/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz');
  const drvPath = parseStorePath(dir, '/nix/store/xbwknxq9wnb0x84k85bvw0qq7zhc08md-x.drv');
  expect(downstreamPlaceholder(drvPath, 'out')).toBe('/18331m98mf5qz8zcx8z2i1ravvd56jds9sicpfxl85a4gh0jc03x');
  expect(downstreamPlaceholder(drvPath, 'dev')).toBe('/0bx0xc3i2cxg9zxm03zn5kk81dxg30g48lh7v87a4jkgp7kmyzl6');
  expectFormatError('formats/store-path', () => downstreamPlaceholder(parseStorePath(dir, out), 'out'));
});

function derivation(outputs: Derivation['outputs']): Derivation {
  return {
    name: 'f',
    outputs,
    inputDrvs: new Map(),
    inputSrcs: [],
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: [],
    env: new Map(),
  };
}
