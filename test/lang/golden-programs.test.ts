/**
 * The language by programs: every construct and every builtin, in books by theme (`test/golden/lang/*.txt`). The same
 * programs run in sysbuild and in the real Nix.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fg from 'fast-glob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtins, constants } from '../../src/lang/builtins/index.ts';
import { nixAnswers, ourAnswers } from '../support/evaluate.ts';
import { expectGolden, goldenRoot } from '../support/golden.ts';
import { oracleTest } from '../support/oracle.ts';
import { programsIn, readBook, writeBook } from '../support/program-book.ts';

const root = `${goldenRoot}lang/`;
const themes = fg.sync('*.txt', { cwd: root }).map((file) => file.replace(/\.txt$/, ''));
const folder = mkdtempSync(join(tmpdir(), 'sysbuild-golden-'));

const bookOf = (theme: string) => readBook(readFileSync(`${root}${theme}.txt`, 'utf8'));
const fileOf = (theme: string, index: number): string => join(folder, theme, `${index}.nix`);

/** Every program beside the files that programs may read. */
beforeAll(() => {
  for (const theme of themes) {
    mkdirSync(join(folder, theme));
    cpSync(`${root}files`, join(folder, theme, 'files'), { recursive: true, verbatimSymlinks: true });
    for (const [index, { text }] of programsIn(bookOf(theme)).entries()) writeFileSync(fileOf(theme, index), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The book of a theme with the answers that somebody gives. */
async function answered(
  theme: string,
  ask: (files: readonly string[], fails: (index: number) => boolean) => Promise<string[]>,
): Promise<string> {
  const book = bookOf(theme);
  const programs = programsIn(book);
  const files = programs.map((_, index) => fileOf(theme, index));
  const answers = await ask(files, (index) => programs[index]!.answer.startsWith('error:'));
  const placed = answers.map((answer, index) =>
    answer.replaceAll(files[index]!, '<program>').replaceAll(join(folder, theme), '<folder>'),
  );
  return writeBook(book, placed);
}

describe('sysbuild', () => {
  test.each(themes)('%s', async (theme) => {
    expectGolden(`lang/${theme}.txt`, await answered(theme, ourAnswers));
  });
});

describe('the real Nix says the same', () => {
  for (const theme of themes) {
    oracleTest(theme, async () => {
      expect(await answered(theme, nixAnswers)).toBe(readFileSync(`${root}${theme}.txt`, 'utf8'));
    });
  }
});

test('every builtin has its program', () => {
  const texts = themes.flatMap((theme) => programsIn(bookOf(theme)).map(({ text }) => text)).join('\n');
  const names = [...builtins, ...constants].filter(({ name }) => !name.startsWith('__')).map(({ name }) => name);
  expect(names.filter((name) => !new RegExp(`(?<![\\w'-])${name}(?![\\w'-])`).test(texts))).toEqual([]);
});
