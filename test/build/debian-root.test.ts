/** Trees of Debian packages, and builds that find one at `/`. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashPlaceholder, type StorePath } from '../../src/formats/index.ts';
import { busyboxTree } from '../support/busybox.ts';
import { failing, Scratch } from './support.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  expect(scratch.leftovers()).toEqual([]);
  scratch.remove();
});

/** A text is a file; one that begins with `->` a link. */
type Files = Readonly<Record<string, string>>;

/** An unpacked package. */
function unpacked(name: string, files: Files): StorePath {
  const folder = join(scratch.folder, name);
  for (const [path, content] of Object.entries(files)) {
    fs.mkdirSync(join(folder, path, '..'), { recursive: true });
    if (content.startsWith('->')) fs.symlinkSync(content.slice(2), join(folder, path));
    else fs.writeFileSync(join(folder, path), content);
  }
  return scratch.store.addPath({ physicalPath: folder, name, ingestion: 'nar' });
}

const rootOf = (packages: readonly StorePath[], env: Record<string, string> = {}): StorePath =>
  scratch.derivation({
    name: 'root',
    kind: 'floating',
    builder: 'builtin:sysbuild-debian-root',
    system: 'builtin',
    sources: packages,
    env: { packages: packages.join(' '), ...env },
  });

const built = (packages: readonly StorePath[], env?: Record<string, string>): Promise<string> =>
  scratch.out(rootOf(packages, env));

test('folders of the root are links into /usr, and packages come together in them', async () => {
  const out = await built([
    unpacked('a', { 'bin/a': 'a', 'lib/x86/liba.so.1': 'lib', 'usr/share/common/a': '1', 'etc/a': 'conf' }),
    unpacked('b', { 'usr/bin/b': 'b', 'usr/lib/x86/liba.so': '->liba.so.1', 'usr/share/common/b': '2' }),
    unpacked('c', { 'lib64/ld.so': '->/lib/x86/ld.so' }),
  ]);
  expect(fs.readdirSync(out).sort()).toEqual(['bin', 'etc', 'lib', 'lib64', 'usr']);
  for (const name of ['bin', 'lib', 'lib64']) expect(fs.readlinkSync(join(out, name))).toBe(`usr/${name}`);
  expect(fs.readdirSync(join(out, 'usr/bin')).sort()).toEqual(['a', 'b']);
  expect(fs.readdirSync(join(out, 'usr/share/common')).sort()).toEqual(['a', 'b']);
  expect(fs.readFileSync(join(out, 'lib/x86/liba.so'), 'utf8')).toBe('lib');
});

test('files are those of the packages, not copies', async () => {
  const package_ = unpacked('a', { 'usr/bin/a': 'a' });
  const out = await built([package_]);
  const inode = (path: string): number => fs.statSync(path).ino;
  expect(inode(join(out, 'usr/bin/a'))).toBe(inode(join(scratch.store.realPath(package_), 'usr/bin/a')));
  expect(await scratch.store.verify({ checkContents: true })).toEqual([]);
});

test('names that scripts of packages would make', async () => {
  const out = await built([
    unpacked('a', { 'usr/bin/mawk': '', 'bin/dash': '', 'usr/bin/gcc': '', 'usr/bin/which': 'own' }),
  ]);
  const links = Object.fromEntries(['awk', 'sh', 'cc'].map((name) => [name, fs.readlinkSync(join(out, 'bin', name))]));
  expect(links).toEqual({ awk: 'mawk', sh: 'dash', cc: 'gcc' });
  expect(fs.readFileSync(join(out, 'bin/which'), 'utf8')).toBe('own');
  expect(fs.existsSync(join(out, 'bin/yacc'))).toBe(false);
});

test('what is left out', async () => {
  const out = await built([unpacked('a', { 'usr/share/doc/a/x': '', 'usr/share/man/y': '', 'usr/share/z': '' })], {
    leaveOut: 'usr/share/doc usr/share/man',
  });
  expect(fs.readdirSync(join(out, 'usr/share'))).toEqual(['z']);
});

test('the same file in two packages is one, different ones are an error', async () => {
  const one = unpacked('one', { 'usr/a': 'same', 'usr/l': '->a' });
  await built([one, unpacked('two', { 'usr/a': 'same', 'usr/l': '->a' })]);
  const error = await failing(built([one, unpacked('three', { 'usr/a': 'other' })]));
  expect(error.message).toMatch(/two packages have different files at '\/usr\/a':\n {2}.*-one\n {2}.*-three$/);
  expect((await failing(built([one, unpacked('four', { 'usr/l': '->b' })]))).message).toContain("'/usr/l'");
  expect((await failing(built([one, unpacked('five', { 'usr/a/b': '' })]))).message).toContain("'/usr/a'");
  expect((await failing(built([], { packages: one }))).message).toContain('none of its inputs');
});

/** A tree with busybox at its usual place, as a program of Debian would be. */
function userland(): StorePath {
  const busybox = fs.readFileSync(join(busyboxTree(), 'bin/busybox'), 'latin1');
  const folder = join(scratch.folder, 'userland');
  fs.mkdirSync(join(folder, 'bin'), { recursive: true });
  fs.writeFileSync(join(folder, 'bin/busybox'), busybox, { encoding: 'latin1', mode: 0o755 });
  for (const name of ['sh', 'cat', 'ls', 'id']) fs.symlinkSync('busybox', join(folder, 'bin', name));
  fs.mkdirSync(join(folder, 'etc'));
  fs.writeFileSync(join(folder, 'etc/os-release'), 'a tree\n');
  fs.writeFileSync(join(folder, 'etc/passwd'), 'not this one\n');
  fs.mkdirSync(join(folder, 'tmp'));
  return scratch.store.addPath({ physicalPath: folder, name: 'userland', ingestion: 'nar' });
}

const inRoot = (root: string, script: string, sources: StorePath[] = [root as StorePath]): StorePath =>
  scratch.derivation({
    name: 'in-root',
    kind: 'floating',
    builder: '/bin/sh',
    args: ['-euc', script],
    sources,
    env: { sandboxRoot: root, PATH: '/usr/bin:/bin', out: hashPlaceholder('out') },
  });

test('a builder finds the tree at its root, read-only, with /etc of its own', async () => {
  const tree = await scratch.path(rootOf([userland()]));
  const script = `
    { ls /; cat /etc/os-release; id -un; ls /nix/store | cat; } > $out
    if echo 2>/dev/null > /usr/bin/new; then exit 1; fi
    if echo 2>/dev/null > /new; then exit 1; fi
    echo > /tmp/new; [ -w /build ]`;
  const text = fs.readFileSync(await scratch.out(inRoot(tree, script)), 'utf8').split('\n');
  const top = text.slice(0, text.indexOf('a tree'));
  expect(top.sort()).toEqual(['bin', 'build', 'dev', 'etc', 'nix', 'proc', 'tmp', 'usr']);
  const rest = text.slice(text.indexOf('a tree') + 1, -1).map((name) => name.replace(/^.{33}(?=in-root)/, ''));
  expect(rest.sort()).toEqual(['in-root', 'nixbld', tree.slice(11)]);
});

test('a root that is no input, and a build without a sandbox', async () => {
  const tree = await scratch.path(rootOf([userland()]));
  expect((await failing(scratch.build(inRoot('/usr', 'true', [tree])))).message).toContain(
    "'/usr' as its 'sandboxRoot'",
  );
  expect((await failing(scratch.build(inRoot(tree, 'true'), { sandbox: 'off' }))).message).toContain(
    'root folder of its own',
  );
});
