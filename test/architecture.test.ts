/**
 * The house rules that can be checked on the imports and the text: who may import whom, through which door, no
 * cycles, lengths, banned calls. `ARCHITECTURE.md` gives the reasons. (Lengths of functions are checked by the linter.)
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fg from 'fast-glob';
import { expect, test } from 'vitest';
import { CycleError, topologicalOrder } from '../src/base/graph.ts';

const root = new URL('..', import.meta.url).pathname;
const files = fg.sync('src/**/*.ts', { cwd: root }).sort();
const text = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

/** Which rooms a room may import, itself aside. */
const mayImport: Record<string, readonly string[]> = {
  base: [],
  formats: ['base'],
  lang: ['base', 'formats'],
  store: ['base', 'formats'],
  build: ['base', 'formats', 'store'],
  activate: ['base', 'formats', 'store'],
  image: ['base', 'formats', 'store'],
  app: ['base', 'formats', 'lang', 'store', 'build', 'activate', 'image'],
  cli: ['base', 'formats', 'app'],
  web: ['base', 'formats', 'app'],
};

/** Inside `lang`: generated code must see only the runtime, so compile and runtime meet in `link.ts` alone. */
const mayImportInLang: Record<string, readonly string[]> = {
  syntax: [],
  compile: ['syntax'],
  runtime: [],
  builtins: ['runtime'],
  repl: ['syntax', 'runtime', 'builtins'],
  fmt: ['syntax'],
  profile: ['runtime'],
};

const roomOf = (file: string): string => file.split('/')[1]!;
const langPartOf = (file: string): string | undefined => /^src\/lang\/([^/]+)\//.exec(file)?.[1];

/** The project's files that `file` imports, types included. */
function importsOf(file: string): string[] {
  const found = text.get(file)!.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map((match) => relative(root, join(root, dirname(file), match[1]!)));
}

const edges = files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));

/** The edges that break a rule, as lines for the failure's text. */
const breaking = (rule: (from: string, to: string) => boolean): string[] =>
  edges.filter(({ from, to }) => rule(from, to)).map(({ from, to }) => `${from} imports ${to}`);

test('every room is known and every import leads to a file', () => {
  expect(files.filter((file) => !(roomOf(file) in mayImport))).toEqual([]);
  expect(breaking((_, to) => to.startsWith('src/') && !text.has(to))).toEqual([]);
  expect(files.length).toBeGreaterThan(100);
});

test('rooms import in one direction', () => {
  expect(breaking((from, to) => roomOf(from) !== roomOf(to) && !mayImport[roomOf(from)]!.includes(roomOf(to)))).toEqual(
    [],
  );
});

test('a room is entered through its door', () => {
  expect(
    breaking((from, to) => roomOf(from) !== roomOf(to) && roomOf(to) !== 'base' && to !== `src/${roomOf(to)}/index.ts`),
  ).toEqual([]);
});

test('inside lang, syntax leads to compile and runtime to builtins; they meet in link.ts', () => {
  expect(
    breaking((from, to) => {
      const [part, other] = [langPartOf(from), langPartOf(to)];
      if (part === undefined || other === undefined || part === other || from === 'src/lang/compile/link.ts')
        return false;
      return !mayImportInLang[part]!.includes(other);
    }),
  ).toEqual([]);
});

test('no cycles between files', () => {
  const next = (file: string): string[] => importsOf(file).filter((to) => text.has(to));
  try {
    topologicalOrder(files, next);
  } catch (error) {
    if (!(error instanceof CycleError)) throw error;
    expect.fail(error.cycle.join(' -> '));
  }
});

test('no file is over 400 lines', () => {
  const lengths = files.map((file) => ({ file, lines: text.get(file)!.split('\n').length - 1 }));
  expect(lengths.filter(({ lines }) => lines > 400)).toEqual([]);
});

test('every file begins with a comment that says what it is', () => {
  expect(files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(text.get(file)!))).toEqual([]);
});

/** Words that may stand only in some files, with the reason. */
const banned: readonly { what: RegExp; except: (file: string) => boolean; why: string }[] = [
  {
    what: /from 'node:child_process'/,
    except: (file) => file === 'src/base/process.ts',
    why: 'programs are started in base/process.ts alone',
  },
  {
    what: /\bconsole\.|process\.(stdout|stderr)\b/,
    except: (file) => roomOf(file) === 'cli',
    why: 'the core never prints: it emits events',
  },
  {
    what: /from 'node:(fs|fs\/promises|http|https|net|dns)'|\bDate\.now\(|new Date\(|Math\.random\(|process\.env\b/,
    except: (file) =>
      !['formats', 'lang'].includes(roomOf(file)) && !/(-plan|-diff|\/spec|\/plan|\/states)\.ts$/.test(file),
    why: 'formats, the language and plans know no files, network, clock, chance or environment',
  },
  {
    what: /from 'node:sqlite'/,
    except: (file) => roomOf(file) === 'store',
    why: 'only the store knows its database',
  },
];

test.each(banned)('banned: $why', ({ what, except }) => {
  const code = (file: string): string => text.get(file)!.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  expect(files.filter((file) => !except(file) && what.test(code(file)))).toEqual([]);
});

test('the project speaks of itself alone: no hosts of mirrors, no paths of one machine', () => {
  const all = fg.sync(['**/*'], {
    cwd: root,
    ignore: ['node_modules/**', 'dist/**', '.tools/**', '.git/**'],
    dot: true,
  });
  const hosts = /https?:\/\/(deb\.debian|ftp\.[a-z.]*debian|registry\.npmjs|snapshot\.debian)/;
  const self = 'test/architecture.test.ts';
  expect(all.filter((file) => file !== self && hosts.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
