import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { formatHash, GitHasher, type NarEvent } from '../../src/formats/index.ts';

const file = (text: string, executable = false): NarEvent[] => [
  { type: 'regular', executable, size: text.length },
  { type: 'data', bytes: Buffer.from(text) },
  { type: 'end' },
];
const entry = (name: string, ...events: NarEvent[]): NarEvent[] => [{ type: 'entry', name }, ...events];

function hash(algorithm: 'sha1' | 'sha256', ...events: NarEvent[]): string {
  const hasher = new GitHasher(algorithm);
  for (const event of events) hasher.write(event);
  return formatHash(hasher.digest(), 'base16');
}

test('a file, a link and an empty directory have the hashes that git knows', () => {
  expect(hash('sha1', { type: 'regular', executable: false, size: 0 }, { type: 'end' })).toBe(
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  );
  expect(hash('sha1', { type: 'directory' }, { type: 'end' })).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  expect(hash('sha1', { type: 'symlink', target: 'x' })).toBe(hash('sha1', ...file('x')));
  expect(hash('sha256', ...file(''))).toMatch(/^[0-9a-f]{64}$/);
});

test('a tree has the hash that git writes for it, directories sorted as if they ended in a slash', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sysbuild-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['a', 'a.b']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'a/f'), 'in a');
  writeFileSync(join(folder, 'a.b/f'), 'in a.b');
  writeFileSync(join(folder, 'a0'), '#!', { mode: 0o755 });
  symlinkSync('target', join(folder, 'link'));
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'core.autocrlf=false', ...words], { encoding: 'utf8' }).trim();
  git('init', '-q');
  git('add', '.');
  const events: NarEvent[] = [
    { type: 'directory' },
    ...entry('a', { type: 'directory' }, ...entry('f', ...file('in a')), { type: 'end' }),
    ...entry('a.b', { type: 'directory' }, ...entry('f', ...file('in a.b')), { type: 'end' }),
    ...entry('a0', ...file('#!', true)),
    ...entry('link', { type: 'symlink', target: 'target' }),
    { type: 'end' },
  ];
  expect(hash('sha1', ...events)).toBe(git('write-tree'));
});
