/** The same derivations, built here and by the real Nix: the same bytes at the same paths. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { byteString } from '../../src/base/bytes.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { hashPath } from '../../src/store/index.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { type Recipe, Scratch, scratchFolder } from './support.ts';

let ours: Scratch;
let theirs: Scratch;
beforeAll(() => {
  // On disk, where the real Nix sees them.
  ours = new Scratch(scratchFolder('disk'));
  theirs = new Scratch(scratchFolder('disk'));
});
afterAll(() => {
  ours.remove();
  theirs.remove();
});

/** What the real Nix says of a store. */
async function nix(scratch: Scratch, ...words: string[]): Promise<string> {
  const result = await oracle(['--store', join(scratch.folder, 'root/nix'), ...words]);
  if (result.status !== 0) throw new Error(`the real Nix failed: ${result.stderr}`);
  return result.stdout.trim();
}

/** Builds in both stores; the paths of the outputs, by name, which must be the same and hold the same. */
async function inBoth(make: (scratch: Scratch) => StorePath): Promise<Map<string, string>> {
  const drvPath = make(ours);
  expect(make(theirs)).toBe(drvPath);
  const result = await ours.build(drvPath);
  const outputs = new Map<string, string>(result.outputs.get(drvPath));
  const printed = await nix(theirs, 'nix-store', '--realise', drvPath);
  expect(printed.split('\n').sort()).toEqual([...outputs.values()].sort());
  for (const path of outputs.values()) {
    const here = hashPath(ours.store.realPath(path as StorePath));
    const there = hashPath(theirs.store.realPath(path as StorePath));
    expect(here).toEqual(there);
    const references = await nix(theirs, 'nix-store', '--query', '--references', path);
    expect(ours.store.pathInfo(path as StorePath)!.references).toEqual(references.split('\n').filter(Boolean).sort());
  }
  return outputs;
}

const floating: readonly (Recipe & { readonly name: string })[] = [
  { name: 'file', script: 'echo hello > $out' },
  { name: 'refers-to-input', script: 'ln -s $busybox $out', env: {} },
  {
    name: 'self',
    script: 'mkdir $out; echo "$out and $out" > $out/self; ln -s $out/self $out/link; echo "x$out" > $out/z',
  },
  { name: 'self-in-name', script: 'mkdir $out; echo a > $out/$(basename $out)' },
  {
    name: 'outputs',
    outputs: ['out', 'bin', 'doc'],
    script: 'mkdir $out $bin; echo $doc > $bin/a; echo $bin $out > $out/b; echo plain > $doc; ln -s $out/b $out/c',
  },
  { name: 'long', script: 'mkdir $out; i=0; while [ $i -lt 3000 ]; do echo "$i$out$i"; i=$((i+1)); done > $out/many' },
];

describe('content-addressed outputs', () => {
  for (const recipe of floating) {
    oracleTest(recipe.name, async () => {
      await inBoth((scratch) =>
        scratch.derivation({ ...recipe, kind: 'floating', env: { busybox: scratch.busybox, ...recipe.env } }),
      );
    });
  }

  oracleTest('a chain of them, and an input-addressed derivation at its end', async () => {
    const make = (scratch: Scratch): StorePath => {
      const a = scratch.derivation({
        name: 'a',
        kind: 'floating',
        outputs: ['out', 'dev'],
        script: 'echo a > $out; echo $out > $dev',
      });
      const b = scratch.derivation({
        name: 'b',
        kind: 'floating',
        inputs: [{ drvPath: a, outputs: ['dev', 'out'] }],
        env: { a: scratch.reference(a), dev: scratch.reference(a, 'dev') },
        script: 'mkdir $out; echo "$a $out" > $out/x; cat $dev > $out/y',
      });
      return scratch.derivation({
        name: 'c',
        outputs: ['out', 'more'],
        inputs: [b],
        env: { b: scratch.reference(b) },
        script: 'echo "$b $out" > $out; echo "$out" > $more',
      });
    };
    await inBoth(make);
  });

  oracleTest('structured attributes over them', async () => {
    const make = (scratch: Scratch): StorePath => {
      const a = scratch.derivation({ name: 'a', kind: 'floating', script: 'echo a > $out' });
      const json = {
        a: scratch.reference(a),
        list: [1, 'two words', "it's", true, false, null, 1.5],
        set: { b: 'x', a: scratch.reference(a) },
        number: 3000000000,
        float: 2.5,
        whole: 7,
        nested: { deep: { er: 1 } },
        'not a name': 1,
        text: 'line\nline "quoted" \\ $HOME `x`',
        PATH: `${scratch.busybox}/bin`,
      };
      return scratch.derivation({
        name: 'structured',
        kind: 'floating',
        inputs: [a],
        json: JSON.stringify(json),
        outputs: ['out', 'dev'],
        args: [
          '-euc',
          `PATH=${scratch.busybox}/bin; out=$(sed -n 's/.*"outputs":{[^}]*"out":"\\([^"]*\\)".*/\\1/p' $NIX_ATTRS_JSON_FILE)
           dev=$(sed -n 's/.*"outputs":{"dev":"\\([^"]*\\)".*/\\1/p' $NIX_ATTRS_JSON_FILE)
           mkdir $out; cp $NIX_ATTRS_JSON_FILE $out/json; cp $NIX_ATTRS_SH_FILE $out/sh; echo > $dev`,
        ],
      });
    };
    const outputs = await inBoth(make);
    const sh = fs.readFileSync(join(ours.store.realPath(outputs.get('out') as StorePath), 'sh'), 'utf8');
    expect(sh).toContain("declare -A set=(['a']='/nix/store/");
  });
});

oracleTest('the environment, files in the build folder, and exported references', async () => {
  const make = (scratch: Scratch): StorePath =>
    scratch.derivation({
      name: 'environment',
      kind: 'floating',
      env: {
        passAsFile: 'large words',
        large: 'x'.repeat(5000),
        words: byteString(Buffer.from([0xff, 0x41, 0x0a, 0xc3, 0xa9])),
        raw: byteString(Buffer.from([0xff, 0xfe])),
        exportReferencesGraph: `graph ${scratch.busybox}`,
        empty: '',
        self: scratch.busybox,
      },
      script: `mkdir $out; cd $NIX_BUILD_TOP; env | grep -v -e ^SHLVL -e ^OLDPWD | sed "s#$NIX_BUILD_TOP#TOP#g" | sort > $out/env
        cat $largePath $wordsPath > $out/files; ls -A | sort > $out/list; cat graph > $out/graph
        pwd | sed "s#$NIX_BUILD_TOP#TOP#" > $out/pwd; umask > $out/umask`,
    });
  await inBoth(make);
});

oracleTest('the real Nix finds nothing wrong with the store that we wrote', async () => {
  expect(await nix(ours, 'nix-store', '--verify', '--check-contents')).toBe('');
});
