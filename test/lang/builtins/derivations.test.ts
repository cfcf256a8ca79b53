/** Derivations compared with those that the real Nix writes into a store of its own, by their paths. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ourAnswers } from '../../support/evaluate.ts';
import { oracle, oracleTest } from '../../support/oracle.ts';
import { literal } from './support.ts';

const names = fc.constantFrom('a', 'b', 'B', '_c', 'e-f', 'g h', 'é', 'name2', 'preferLocalBuild', 'allowedReferences');
const texts = fc.string({ unit: fc.constantFrom('x', '"', '\\', '\n', '$', '{', 'é', ' '), maxLength: 5 }).map(literal);
const attributes = fc.oneof(
  texts,
  fc.constantFrom('1', '-2.5', 'true', 'false', 'null', '[ ]', '[ 1 "b" [ null true ] ]', '(placeholder "out")'),
  fc.constantFrom('./source', '"${./source}/x"', '(builtins.toFile "t" "text")', '(toString ./source)'),
);
const kinds = fc.constantFrom(
  '',
  'outputs = [ "out" "dev" ];',
  '__contentAddressed = true;',
  '__structuredAttrs = true; list = [ { n = 1.5; } ];',
  '__ignoreNulls = true; gone = null;',
  'outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";',
  'outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "recursive";',
);
const arguments_ = fc.array(texts, { maxLength: 2 }).map((items) => `args = [ ${items.join(' ')} ];`);

/** How one derivation may refer to another. */
const uses = fc.constantFrom(
  'dep',
  '"${dep}/bin"',
  'dep.drvPath',
  '(builtins.unsafeDiscardOutputDependency dep.drvPath)',
);

const derivations = fc
  .array(
    fc.tuple(
      kinds,
      arguments_,
      fc.uniqueArray(fc.tuple(names, attributes), { selector: ([name]) => name, maxLength: 3 }),
      uses,
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.reduce((inner, [kind, args, members, use], i) => {
      const attrs = members.map(([name, value]) => `${literal(name)} = ${value};`).join(' ');
      const input = i === 0 ? '' : `input = ${use};`;
      const made = `derivation { name = "d${i}"; system = "s"; builder = "/b"; ${kind} ${args} ${attrs} ${input} }`;
      return i === 0 ? made : `(let dep = ${inner}; in ${made})`;
    }, ''),
  );

oracleTest(
  'generated derivations have the paths that the real Nix gives them',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sysbuild-derivations-'));
    try {
      writeFileSync(join(folder, 'source'), 'source');
      const programs = fc.sample(derivations, { seed: 17, numRuns: 120 });
      const files = programs.map((program, i) => {
        const file = join(folder, `${i}.nix`);
        writeFileSync(file, `let d = ${program}; in [ d.drvPath d.outPath ]\n`);
        return file;
      });
      const env = { ...process.env, HOME: folder, NIX_REMOTE: `local?root=${folder}/store`, NO_COLOR: '1' };
      const nix = await oracle(['nix-instantiate', '--eval', '--strict', '--read-write-mode', ...files], { env });
      expect(nix.stderr.replace(/^warning: .*\n/gm, '')).toBe('');
      const theirs = nix.stdout.trimEnd().split('\n');
      const ours = await ourAnswers(files);
      for (const [i, program] of programs.entries()) expect(ours[i], program).toBe(theirs[i]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
