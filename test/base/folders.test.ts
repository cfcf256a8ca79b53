import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolders } from '../../src/base/folders.ts';

const codeOf = (path: string): unknown => {
  try {
    return makeFolders(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

test('makes what is missing, and nothing of what is there', () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'folders-'));
  makeFolders(join(root, 'a/b/c'), 0o700);
  expect(fs.statSync(join(root, 'a/b')).mode & 0o777).toBe(0o700);
  makeFolders(join(root, 'a/b/c'));
  fs.symlinkSync('a', join(root, 'link'));
  makeFolders(join(root, 'link/b/d'));
  expect(fs.readdirSync(join(root, 'a/b'))).toEqual(['c', 'd']);
  fs.writeFileSync(join(root, 'file'), '');
  expect([codeOf(join(root, 'file')), codeOf(join(root, 'file/below'))]).toEqual(['EEXIST', 'ENOTDIR']);
  fs.rmSync(root, { recursive: true });
});

test('ends where no folder can be made', () => {
  expect(codeOf('/proc/nowhere')).toBe('ENOENT');
  expect(codeOf('/proc/nowhere/below')).toBe('ENOENT');
  expect(codeOf('/proc')).toBeUndefined();
});
