/** The host of evaluation: what a program sees of files, what it adds, and what is written of that, and when. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AllowList, unrestricted } from '../../src/app/access.ts';
import { FileView } from '../../src/app/file-view.ts';
import { Overlay } from '../../src/app/overlay.ts';
import { hashSource } from '../../src/app/source-tree.ts';
import { hashBytes, makeFixedOutputPath } from '../../src/formats/index.ts';
import { openLocalStore, pathOfTree } from '../../src/store/index.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { open, scratch } from './support.ts';

/** A folder with files, links and folders in it. */
function tree(): string {
  const folder = scratch();
  fs.mkdirSync(join(folder, 'sub/deep'), { recursive: true });
  fs.writeFileSync(join(folder, 'file'), 'text');
  fs.writeFileSync(join(folder, 'run'), '#!', { mode: 0o755 });
  fs.writeFileSync(join(folder, 'sub/ü'), 'non-ascii name');
  fs.symlinkSync('sub', join(folder, 'link'));
  fs.symlinkSync('/nowhere', join(folder, 'dangling'));
  fs.symlinkSync('loop', join(folder, 'loop'));
  return folder;
}

const viewOf = (access = unrestricted): FileView => new FileView(new Overlay('/nix/store'), undefined, access);

describe('files', () => {
  test('kinds, contents, links, entries in byte order', () => {
    const folder = tree();
    const view = viewOf();
    const kinds = ['file', 'sub', 'link', 'absent', 'file/below'].map((name) => view.kindOf(join(folder, name)));
    expect(kinds).toEqual(['regular', 'directory', 'symlink', undefined, undefined]);
    expect(Buffer.from(view.readFile(join(folder, 'file'))).toString()).toBe('text');
    expect(view.readLink(join(folder, 'link'))).toBe('sub');
    expect(view.readDir(folder).map(([name]) => name)).toEqual(['dangling', 'file', 'link', 'loop', 'run', 'sub']);
    expect(view.readDir(join(folder, 'link')).map(([name]) => name)).toEqual(['deep', '\xc3\xbc']);
    expect(Buffer.from(view.readFile(`${folder}/link/\xc3\xbc`)).toString()).toBe('non-ascii name');
  });

  test('real paths', () => {
    const folder = tree();
    const view = viewOf();
    expect(view.realPath(`${folder}/link/deep/..//deep/.`)).toBe(`${folder}/sub/deep`);
    expect(() => view.realPath(`${folder}/link/absent`)).toThrow(`path '${folder}/sub/absent' does not exist`);
    expect(() => view.realPath(`${folder}/dangling`)).toThrow("path '/nowhere' does not exist");
    expect(() => view.realPath(`${folder}/loop`)).toThrow('too many symbolic links');
  });

  test('what cannot be read is told by its path', () => {
    const folder = tree();
    const view = viewOf();
    expect(() => view.readFile(`${folder}/absent`)).toThrow(`path '${folder}/absent' does not exist`);
    expect(() => view.readDir(`${folder}/file`)).toThrow('Not a directory');
    expect(() => view.readLink(`${folder}/file`)).toThrow(`file '${folder}/file' is not a symlink`);
    expect(() => view.readFile(`${folder}/sub`)).toThrow('Is a directory');
  });

  test('restricted: what is not allowed is not there, and reading it says why', () => {
    const folder = tree();
    const access = new AllowList(false);
    access.allow(`${folder}/sub`);
    const view = viewOf(access);
    expect(view.kindOf(`${folder}/file`)).toBeUndefined();
    expect(view.readDir(folder).map(([name]) => name)).toEqual(['sub']);
    expect(() => view.readFile(`${folder}/file`)).toThrow(`access to absolute path '${folder}/file' is forbidden`);
    fs.symlinkSync(`${folder}/file`, `${folder}/sub/out`);
    expect(() => view.readFile(`${folder}/sub/out`)).toThrow(`access to absolute path '${folder}/file' is forbidden`);
  });
});

describe('sources', () => {
  test('are hashed as the store hashes them', () => {
    const folder = tree();
    const { hash } = hashSource(viewOf(), { path: folder, ingestion: 'nar' });
    const path = makeFixedOutputPath('/nix/store', { method: 'nar', hash, name: 'tree' });
    expect(path).toBe(pathOfTree('/nix/store', { physicalPath: folder, name: 'tree', ingestion: 'nar' }));
    const flat = hashSource(viewOf(), { path: `${folder}/file`, ingestion: 'flat' });
    expect(flat.hash).toEqual(hashBytes('sha256', 'text'));
  });

  test('a filter sees an entry when its turn comes; what it drops is not looked into', () => {
    const folder = tree();
    fs.writeFileSync(join(folder, 'sub/deep/inside'), '');
    fs.writeFileSync(join(folder, 'z'), '');
    const seen: string[] = [];
    const filter = (path: string, kind: string): boolean => {
      seen.push(`${path.slice(folder.length)} ${kind}`);
      return !path.endsWith('/deep') && kind !== 'symlink';
    };
    const { included } = hashSource(viewOf(), { path: folder, ingestion: 'nar', filter });
    expect(seen).toEqual([
      '/dangling symlink',
      '/file regular',
      '/link symlink',
      '/loop symlink',
      '/run regular',
      '/sub directory',
      '/sub/deep directory',
      '/sub/\xc3\xbc regular',
      '/z regular',
    ]);
    expect([...included!].sort()).toEqual(['/file', '/run', '/sub', '/sub/\xc3\xbc', '/z']);
  });
});

describe('what is added', () => {
  test('is only computed, then written in one go with all that it refers to', async () => {
    const folder = tree();
    const { evaluation, json, session } = open(folder);
    const path = (await json(
      `let t = builtins.toFile "t" "see \${./sub}"; in derivation { name = "d"; system = "x"; builder = t; }`,
    )) as never;
    expect(path).toBeTypeOf('string');
    expect(fs.existsSync(join(folder, 'root'))).toBe(false);
    const drvPath = (await json(
      `(derivation { name = "d"; system = "x"; builder = builtins.toFile "t" "see \${./sub}"; }).drvPath`,
    )) as never;
    const store = await evaluation.writeOut([drvPath]);
    expect(store.closure([drvPath]).map((one) => one.slice(44))).toEqual(['sub', 't', 'd.drv']);
    expect(await store.verify({ checkContents: true })).toEqual([]);
    session.close();
  });

  test('a source that changed since it was hashed is refused', async () => {
    const folder = tree();
    const { evaluation, json, session } = open(folder);
    const path = (await json('"${./sub}"')) as never;
    fs.writeFileSync(join(folder, 'sub/more'), '');
    await expect(evaluation.writeOut([path])).rejects.toThrow(`'${folder}/sub' changed while it was evaluated`);
    session.close();
  });

  test('filtered sources are written as they were filtered', async () => {
    const folder = tree();
    const { evaluation, json, session } = open(folder);
    const keep = 'builtins.path { path = ./.; name = "n"; filter = p: t: builtins.baseNameOf p == "file"; }';
    const path = (await json(keep)) as never;
    const store = await evaluation.writeOut([path]);
    expect(fs.readdirSync(store.realPath(path))).toEqual(['file']);
    session.close();
  });

  test('sources of sources, and texts added again', async () => {
    const folder = tree();
    const { evaluation, json, session } = open(folder);
    const paths = (await json(`let s = "\${./.}"; in [
      "\${/. + builtins.unsafeDiscardStringContext s + "/sub"}"
      (builtins.path { path = builtins.toFile "a" "b"; name = "again"; recursive = false; })
    ]`)) as never[];
    const store = await evaluation.writeOut(paths);
    expect(fs.readdirSync(store.realPath(paths[0]!)).length).toBe(2);
    expect(fs.readFileSync(store.realPath(paths[1]!), 'utf8')).toBe('b');
    session.close();
  });

  oracleTest('the same paths as real Nix, for trees of all shapes', async () => {
    const name = fc.stringMatching(/^[a-z][a-z.-]{0,5}$/);
    const entry = fc.oneof(
      fc.record({ kind: fc.constant('file'), text: fc.string(), run: fc.boolean() }),
      fc.record({ kind: fc.constant('link'), text: fc.stringMatching(/^[a-z/]{1,9}$/), run: fc.boolean() }),
    );
    const folder = scratch();
    const samples = fc.sample(fc.dictionary(name, entry, { maxKeys: 8 }), { numRuns: 20, seed: 7 });
    for (const [i, sample] of samples.entries()) {
      fs.mkdirSync(join(folder, `t${i}`));
      for (const [file, { kind, text, run }] of Object.entries(sample)) {
        const path = join(folder, `t${i}`, file);
        if (kind === 'link') fs.symlinkSync(text, path);
        else fs.writeFileSync(path, text, { mode: run ? 0o755 : 0o644 });
      }
    }
    const text = `map (i: "\${./. + "/t\${toString i}"}") (builtins.genList (i: i) ${samples.length})`;
    const env = { ...process.env, NIX_REMOTE: `local?root=${scratch()}` };
    const words = ['nix-instantiate', '--eval', '--strict', '--json', '-E', text];
    const theirs = await oracle(words, { env, cwd: folder });
    expect(await open(folder).json(text)).toEqual(JSON.parse(theirs.stdout));
  });
});

describe('the physical store', () => {
  test('paths below the store’s folder are read where the store is', async () => {
    const folder = tree();
    const store = openLocalStore({ physicalRoot: join(folder, 'root') });
    const path = store.addPath({ physicalPath: join(folder, 'sub'), name: 'sub', ingestion: 'nar' });
    store.close();
    const { json } = open(folder);
    expect(await json(`builtins.attrNames (builtins.readDir ${path})`)).toEqual(['deep', 'ü']);
    expect(await json(`builtins.storePath ${path}`)).toBe(path);
    await expect(json('builtins.storePath /nix/store/00000000000000000000000000000000-x')).rejects.toThrow(
      /does not exist|not valid/,
    );
  });
});
