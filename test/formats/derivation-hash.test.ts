import { describe, expect, test } from 'vitest';
import {
  type Derivation,
  type DerivationOutput,
  derivationPath,
  downstreamPlaceholder,
  fillOutputPaths,
  type HashModulo,
  hashBytes,
  hashDerivationModulo,
  needsResolution,
  outputPath,
  parseStorePath,
  resolveDerivation,
  rewriteText,
  type StorePath,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const dir = '/nix/store';
const deferred = { kind: 'deferred' } as const;
const floating = { kind: 'floating', method: 'nar', algorithm: 'sha256' } as const;
const none = (): never => {
  throw new Error('no input was expected');
};

function derivation(name: string, output: DerivationOutput, inputs: Derivation['inputDrvs'] = new Map()): Derivation {
  const env = new Map([
    ['name', name],
    ['out', ''],
  ]);
  const [system, builder] = ['x86_64-linux', '/bin/sh'];
  return {
    name,
    outputs: new Map([['out', output]]),
    inputDrvs: inputs,
    inputSrcs: [],
    system,
    builder,
    args: [],
    env,
  };
}

/** A store of derivations, in which the hashes of inputs are looked up. */
function graph() {
  const drvs = new Map<StorePath, Derivation>();
  const lookup = (path: StorePath): HashModulo => hashDerivationModulo(dir, drvs.get(path)!, lookup);
  const add = (drv: Derivation): StorePath => {
    const filled = fillOutputPaths(dir, drv, lookup);
    const path = derivationPath(dir, filled);
    drvs.set(path, filled);
    return path;
  };
  return { drvs, lookup, add };
}

test('how a fixed output comes about does not show in what is built from it', () => {
  const hash = hashBytes('sha256', 'abc');
  const { drvs, add } = graph();
  const fetched = derivation('source', { kind: 'fixed', method: 'flat', hash });
  const [a, b] = ['curl', 'wget'].map((builder) => add({ ...fetched, builder })) as [StorePath, StorePath];
  const [userOfA, userOfB] = [a, b].map((input) => add(derivation('user', deferred, new Map([[input, ['out']]]))));
  expect(a).not.toBe(b);
  expect(userOfA).not.toBe(userOfB);
  expect(outputPath(dir, drvs.get(userOfA!)!, 'out')).toBe(outputPath(dir, drvs.get(userOfB!)!, 'out'));
});

test('a floating input defers, whatever is in between', () => {
  const { drvs, lookup, add } = graph();
  const leaf = add(derivation('leaf', floating));
  const middle = add(derivation('middle', deferred, new Map([[leaf, ['out']]])));
  const top = add(derivation('top', deferred, new Map([[middle, ['out']]])));
  for (const path of [middle, top]) {
    expect(lookup(path).kind).toBe('deferred');
    expect(drvs.get(path)!.outputs.get('out')).toEqual(deferred);
    expect(drvs.get(path)!.env.get('out')).toBe('');
  }
});

describe('a derivation that says otherwise than it must is refused', () => {
  const plain = derivation('x', deferred);
  const wrong = parseStorePath(dir, `${dir}/${'0'.repeat(32)}-x`);

  test('in its environment', () => {
    expectFormatError('formats/derivation-environment', () =>
      fillOutputPaths(dir, { ...plain, env: new Map([['out', wrong]]) }, none),
    );
    const fixed = derivation('x', { kind: 'fixed', method: 'flat', hash: hashBytes('md5', '') });
    expectFormatError('formats/derivation-environment', () =>
      fillOutputPaths(dir, { ...fixed, env: new Map([['out', wrong]]) }, none),
    );
  });

  test('in the path of an output', () => {
    const right = fillOutputPaths(dir, plain, none);
    expect(fillOutputPaths(dir, right, none)).toEqual(right);
    const other = derivation('x', { kind: 'input-addressed', path: wrong });
    expectFormatError('formats/derivation-environment', () => fillOutputPaths(dir, other, none));
  });

  test('in having a path where none can be known', () => {
    const { lookup, add } = graph();
    const input = add(derivation('leaf', floating));
    const early = derivation('x', { kind: 'input-addressed', path: wrong }, new Map([[input, ['out']]]));
    expectFormatError('formats/derivation-environment', () => fillOutputPaths(dir, early, lookup));
  });

  test('in wanting an output that an input does not have', () => {
    const { lookup, add } = graph();
    const input = add(derivation('leaf', floating));
    const drv = derivation('x', deferred, new Map([[input, ['dev']]]));
    expectFormatError('formats/derivation-unknown-output', () => hashDerivationModulo(dir, drv, lookup));
  });
});

describe('resolution', () => {
  const { add } = graph();
  const leaf = add(derivation('leaf', floating));
  const placeholder = downstreamPlaceholder(leaf, 'out');
  const built = parseStorePath(dir, `${dir}/${'1'.repeat(32)}-leaf`);
  const user = {
    ...derivation('user', deferred, new Map([[leaf, ['out']]])),
    builder: `${placeholder}/bin/sh`,
    args: [`-${placeholder}${placeholder}-`],
    env: new Map([
      ['out', ''],
      ['leaf', placeholder],
    ]),
  };

  test('waits for every output', () => {
    expect(needsResolution(user)).toBe(true);
    expect(resolveDerivation(dir, user, () => undefined)).toBeUndefined();
  });

  test('puts paths in the place of derivations and placeholders', () => {
    const resolved = resolveDerivation(dir, user, () => built)!;
    expect(resolved.inputDrvs.size).toBe(0);
    expect(resolved.inputSrcs).toEqual([built]);
    expect([resolved.builder, resolved.args]).toEqual([`${built}/bin/sh`, [`-${built}${built}-`]]);
    expect(resolved.env.get('leaf')).toBe(built);
    expect(resolved.env.get('out')).toBe(outputPath(dir, resolved, 'out'));
    expect(needsResolution(resolved)).toBe(false);
  });

  test('is the same however an input came about', () => {
    const other = add({ ...derivation('leaf', floating), args: ['other'] });
    const text = JSON.stringify([user.builder, user.args, ...user.env]).replaceAll(
      placeholder,
      downstreamPlaceholder(other, 'out'),
    );
    const [builder, args, ...env] = JSON.parse(text) as [string, string[], ...[string, string][]];
    const same = { ...user, inputDrvs: new Map([[other, ['out']]]), builder, args, env: new Map(env) };
    expect(resolveDerivation(dir, same, () => built)).toEqual(resolveDerivation(dir, user, () => built));
  });

  test('is not needed where all paths were known before', () => {
    expect(needsResolution(derivation('x', floating))).toBe(false);
    const known = { ...derivation('x', { kind: 'input-addressed', path: built }), inputDrvs: user.inputDrvs } as const;
    expect(needsResolution(known)).toBe(false);
  });
});

test('texts are replaced as they stand', () => {
  expect(rewriteText('a$&b', new Map([['b', '$&$1']]))).toBe('a$&$&$1');
});
