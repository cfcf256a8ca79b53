/**
 * A few thousand generated store objects, made by the real Nix and by us: the same paths, hashes, references and
 * descriptions, byte for byte. `CASES` multiplies their number.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect } from 'vitest';
import { silent } from '../../src/base/events.ts';
import { hashPartOf, SecretKey, type StorePath } from '../../src/formats/index.ts';
import { copyToCache, openCache } from '../../src/store/index.ts';
import { storeName, type Tree, tree } from '../support/format-arbitraries.ts';
import { haveOracle, oracle, oracleTest } from '../support/oracle.ts';
import { openStore, scratchFolder, scratchStore } from './support.ts';

const many = Number(process.env['CASES'] ?? 1);
const seed = 20_261_123;

async function nix(root: string, ...words: string[]): Promise<string> {
  fs.mkdirSync(join(root, 'nix'), { recursive: true });
  const result = await oracle(['--store', join(root, 'nix'), ...words], {
    env: { ...process.env, NIX_CONFIG: 'substitute = false' },
  });
  expect(result, result.stderr).toMatchObject({ status: 0 });
  return result.stdout;
}

interface Text {
  readonly name: string;
  readonly content: string;
  /** Texts before it that it refers to. */
  readonly references: readonly number[];
}

const texts = (count: number): Text[] =>
  fc
    .sample(
      fc.record({
        name: storeName,
        content: fc.stringMatching(/^[a-z0-9 ]{0,60}$/),
        back: fc.array(fc.nat(), { maxLength: 4 }),
      }),
      {
        seed,
        numRuns: count,
      },
    )
    .map(({ name, content, back }, index) => ({
      name: name.replace(/\.drv$/, '.txt'),
      content: `${index} ${content}`,
      references: index === 0 ? [] : [...new Set(back.map((number) => number % index))],
    }));

/** All of them as one expression: a list of the paths of texts, and one of derivations that have them as inputs. */
function expression(all: readonly Text[], derivations: number): string {
  const text = ({ name, content, references }: Text, index: number): string =>
    `  t${index} = builtins.toFile ${JSON.stringify(name)} "${content}${references.map((at) => ` \${t${at}}`).join('')}";`;
  const drv = (_: unknown, index: number): string =>
    `  d${index} = derivation { name = "drv-${index}"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo ${index} > $out" ]; outputs = [ ${['"out"', '"out" "dev"', '"bin" "out"'][index % 3]} ]; src = t${(index * 7) % all.length};${index > 0 ? ` dep = d${index - 1 - (index % Math.min(index, 5))};` : ''} };`;
  return `let\n${all.map(text).join('\n')}\n${Array.from({ length: derivations }, drv).join('\n')}\nin {
  texts = [ ${all.map((_, index) => `t${index}`).join(' ')} ];
  derivations = map (d: builtins.unsafeDiscardStringContext d.drvPath) [ ${Array.from({ length: derivations }, (_, index) => `d${index}`).join(' ')} ];
}`;
}

function writeTree(path: Buffer, node: Tree): void {
  if (node.type === 'symlink') fs.symlinkSync(Buffer.from(node.target, 'latin1'), path);
  else if (node.type === 'file') fs.writeFileSync(path, node.bytes, { mode: node.executable ? 0o755 : 0o644 });
  else {
    fs.mkdirSync(path);
    for (const [name, child] of node.entries)
      writeTree(Buffer.concat([path, Buffer.from(`/${name}`, 'latin1')]), child);
  }
}

describe('generated objects', () => {
  let root: string;
  beforeAll(async () => {
    if (haveOracle) root = fs.mkdtempSync('/tmp/sysbuild-cases-');
    return () => {
      if (haveOracle) fs.rmSync(root, { recursive: true, force: true });
    };
  });

  oracleTest(
    'have the same paths, and the same descriptions in a cache, byte for byte',
    async () => {
      const store = scratchStore();
      const theirs = join(root, 'theirs');
      const all = texts(1200 * many);
      fs.writeFileSync(join(root, 'cases.nix'), expression(all, 600 * many));
      const evaluated = await nix(
        theirs,
        'nix-instantiate',
        '--eval',
        '--strict',
        '--json',
        '--read-write-mode',
        join(root, 'cases.nix'),
      );
      const found = JSON.parse(evaluated) as { texts: StorePath[]; derivations: StorePath[] };

      const added: StorePath[] = [];
      store.batch(() => {
        for (const { name, content, references } of all) {
          const paths = references.map((at) => added[at]!);
          added.push(store.addText(name, `${content}${paths.map((path) => ` ${path}`).join('')}`, paths));
        }
      });
      expect(added).toEqual(found.texts);

      // The derivations as they stand in their store, printed, hashed and registered by us.
      const other = openStore({ physicalRoot: theirs, readOnly: true });
      store.batch(() => {
        for (const path of found.derivations) expect(store.addDerivation(other.readDerivation(path))).toBe(path);
      });
      other.close();

      const places = fc.sample(tree, { numRuns: 500 * many, seed }).map((node, index) => {
        const place = join(root, `tree-${index}`);
        writeTree(Buffer.from(place), node);
        return place;
      });
      const trees = places.map((place, index) =>
        store.addPath({ physicalPath: place, name: `tree-${index}`, ingestion: 'nar' }),
      );
      const theirTrees = await nix(theirs, 'nix-store', '--add', ...places);
      expect(theirTrees.trim().split('\n')).toEqual(trees);

      const secret = (await nix(theirs, 'nix', 'key', 'generate-secret', '--key-name', 'cases-1')).trim();
      fs.writeFileSync(join(root, 'key'), secret);
      const paths = [...added, ...found.derivations, ...trees];
      fs.writeFileSync(join(root, 'paths'), paths.join('\n'));
      const to = `file://${root}/their-cache?compression=none&secret-key=${root}/key`;
      await nix(theirs, 'sh', '-c', `xargs nix copy --to '${to}' <${root}/paths`);
      const { cache } = openCache(`file://${root}/our-cache`, { storeDir: store.storeDir });
      await copyToCache(store, cache, paths, { compression: 'none', keys: [SecretKey.parse(secret)], sink: silent });
      const narInfo = (folder: string, path: StorePath): string =>
        fs.readFileSync(join(root, folder, `${hashPartOf(path)}.narinfo`), 'latin1');
      for (const path of paths) expect(narInfo('our-cache', path)).toBe(narInfo('their-cache', path));
      expect(paths.length).toBeGreaterThan(2200 * many);
    },
    600_000,
  );

  oracleTest(
    'in a store of ours are what the real Nix shows, shares and collects',
    async () => {
      const physicalRoot = scratchFolder();
      let store = openStore({ physicalRoot });
      const all = texts(60);
      const added: StorePath[] = [];
      for (const { name, content, references } of all) {
        const paths = references.map((at) => added[at]!);
        added.push(store.addText(name, `${content}${paths.map((path) => ` ${path}`).join('')}`, paths));
      }
      const same = join(root, 'same');
      fs.mkdirSync(same);
      for (const name of ['a', 'b']) fs.writeFileSync(join(same, name), 'the same text in both files');
      const twins = store.addPath({ physicalPath: same, name: 'twins', ingestion: 'nar' });
      const kept = added.at(-1)!;
      store.addPermanentRoot(join(store.stateDir, 'gcroots/kept'), kept);
      store.addPermanentRoot(join(store.stateDir, 'gcroots/twins'), twins);
      const needed = [...store.closure([kept]), twins].sort();
      store.close();

      const graph = await nix(physicalRoot, 'nix-store', '-q', '--graph', kept);
      for (const path of needed) if (path !== twins) expect(graph).toContain(`"${path.slice('/nix/store/'.length)}"`);
      await nix(physicalRoot, 'nix-store', '--optimise');
      const inode = (name: string): number => fs.statSync(join(physicalRoot, twins, name)).ino;
      expect(inode('a')).toBe(inode('b'));
      await nix(physicalRoot, 'nix-store', '--gc');
      await nix(physicalRoot, 'nix-store', '--verify', '--check-contents');
      store = openStore({ physicalRoot });
      expect(store.allPaths().sort()).toEqual(needed);
      expect(await store.verify({ checkContents: true })).toEqual([]);
    },
    120_000,
  );
});
