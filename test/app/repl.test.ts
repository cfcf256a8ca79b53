/** The language line by line: the same session as a person has, without the terminal. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { resolveConfig } from '../../src/app/config.ts';
import { type OpenRepl, openRepl } from '../../src/app/operations/repl.ts';
import { toUnicode } from '../../src/base/bytes.ts';
import type { Event } from '../../src/base/events.ts';
import { askRepl } from '../support/nix-repl.ts';
import { oracleTest } from '../support/oracle.ts';

const folder = mkdtempSync(join(tmpdir(), 'sysbuild-repl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let repl: OpenRepl;
let told: string[];

/** Ctrl-C, as far as a test can do it: work that is cut off in the middle. */
let interrupted = false;

const open = (colored: boolean): OpenRepl => {
  told = [];
  interrupted = false;
  const config = resolveConfig([{ name: 'store', value: 'dummy://', origin: 'test' }]);
  const signal = new AbortController().signal;
  const sink = { emit: (event: Event) => void (event.type === 'message' && told.push(event.text)) };
  const abruptly = <T>(work: () => T): T => {
    const result = work();
    if (interrupted) throw new Error('interrupted');
    return result;
  };
  return openRepl({ config, env: { HOME: folder }, cwd: folder, sink, signal, abruptly }, colored);
};
beforeEach(() => {
  repl = open(false);
});

async function say(line: string): Promise<string> {
  const reply = await repl.enter(line);
  return reply.kind === 'done' ? toUnicode(reply.output).trimEnd() : `(${reply.kind})`;
}

test('bindings stay, and what was bound before keeps its meaning', async () => {
  expect(await say('x = 6')).toBe('');
  expect(await say('y = x * 7; z = [ x ]')).toBe('');
  expect(await say('x = x + 1')).toBe('');
  expect(await say('[ x y ] ++ z')).toBe('[\n  7\n  42\n  6\n]');
  expect(await say('inherit (builtins) length')).toBe('');
  expect(await say('length z')).toBe('1');
});

test('what is not whole wants more lines', async () => {
  for (const text of ['1 +', '{ a = 1;', 'x =', "''\n  text", 'let a = 1;\nin', 'f (', 'inherit (x']) {
    expect(await say(text)).toBe('(more)');
  }
  expect(await say("''\n  two\n  lines\n''")).toBe('"two\\nlines\\n"');
  await expect(repl.enter('1 +', true)).rejects.toThrow('unexpected end of file');
});

test('nothing of a binding is evaluated before it is needed, and an error in it names its place', async () => {
  expect(await say('bad = throw "later"')).toBe('');
  await expect(repl.enter('bad')).rejects.toThrow('later');
  await expect(repl.enter('bad')).rejects.toThrow('later');
  await expect(repl.enter('nowhere')).rejects.toThrow("undefined variable 'nowhere'");
  expect(await say('[ 1 bad ]')).toBe('[\n  1\n  «error: later»\n]');
  await expect(repl.enter('[ bad ]')).rejects.toThrow('later');
  expect(await say('1')).toBe('1');
});

test('files are loaded, loaded again, and watched by nobody', async () => {
  const file = join(folder, 'set.nix');
  writeFileSync(file, '{ greeting ? "hello" }: { inherit greeting; n = 1; }');
  await say(':l set.nix');
  expect(told).toEqual(['Added 2 variables.\ngreeting, n']);
  expect(await say('greeting')).toBe('"hello"');
  await say('kept = n');
  writeFileSync(file, '{ n = 2; }');
  expect(await say('n')).toBe('1');
  await say(':r');
  expect(await say('n')).toBe('2');
  await expect(repl.enter('kept')).rejects.toThrow('undefined variable');
  await say(':a { n = 3; m = 4; }');
  expect(await say('[ n m ]')).toBe('[\n  3\n  4\n]');
  expect(await say(':ll')).toBe('m\nn');
});

test('after an interruption everything is there again', async () => {
  await say('x = builtins.genList (n: n) 3');
  await say(':a { s = x; }');
  interrupted = true;
  await expect(repl.enter('builtins.length s')).rejects.toThrow('interrupted');
  interrupted = false;
  await repl.renew();
  expect(await say('builtins.length s')).toBe('3');
});

test('names and attributes are completed', async () => {
  await say('some = { first.inner = 1; first.other = 2; second = throw "never"; }');
  expect(await repl.complete('so')).toEqual(['some']);
  expect(await repl.complete('[ some.f')).toEqual(['some.first']);
  expect(await repl.complete('(some.first.')).toEqual(['some.first.inner', 'some.first.other']);
  expect(await repl.complete('some.second.')).toEqual([]);
  expect(await repl.complete('nothing.at.all.')).toEqual([]);
  expect(await repl.complete("builtins.foldl'")).toEqual(["builtins.foldl'"]);
});

test('types, documentation, and where things stand', async () => {
  expect(await say(':t map')).toBe("the built-in function 'map'");
  expect(await say(':t [ ]')).toBe('a list');
  expect(await say(':doc map')).toContain('Synopsis: builtins.map f list');
  writeFileSync(join(folder, 'lib.nix'), '{\n  /**\n    Adds one.\n  */\n  inc = n: n + 1;\n  plain = 1;\n}\n');
  await say('lib = import ./lib.nix');
  expect(await say(':doc lib.inc')).toBe(`Function inc\n\n  defined at ${folder}/lib.nix:5:9\n\nAdds one.`);
  expect(await say(':doc lib.plain')).toContain('Attribute plain');
  expect(await repl.enter(':e lib.inc')).toEqual({ kind: 'edit', file: join(folder, 'lib.nix'), line: 5 });
  expect(await say(':p "one\\ntwo"')).toBe('one\ntwo');
  expect(await say(':p { a.b.c = [ 1 { } ]; }')).toBe(
    '{\n  a = {\n    b = {\n      c = [\n        1\n        { }\n      ];\n    };\n  };\n}',
  );
});

test('commands that are not there say so', async () => {
  await expect(repl.enter(':nonsense')).rejects.toThrow("unknown command ':nonsense'");
  await expect(repl.enter(':i x')).rejects.toThrow('no profiles');
  expect((await repl.enter(':q')).kind).toBe('quit');
});

const shown = [
  '{ }',
  '[ ]',
  '{ a = 1; }',
  '{ a = 1; b = { c = 2; }; c = [ ]; }',
  '[ 1 ]',
  '[ [ 1 ] ]',
  '[ 1 "a\\n" ./x null true 1.5 (x: x) builtins.map (builtins.map 1) ]',
  '{ a = throw "deep"; b = 1; }',
  'rec { a = { x = 1; }; b = a; }',
  'let l = [ 1 2 ]; in [ l l ]',
  '{ "a b" = 1; or = 2; "if" = 3; }',
  'derivation { name = "n"; system = "s"; builder = "b"; }',
  '[ (derivation { name = "n"; system = "s"; builder = "b"; }) ]',
  '{ type = "derivation"; }',
  ':p { a.b.c.d = [ 1 [ 2 { e = 3; } ] ]; f = "x"; }',
  ':p let x = { y = x; }; in x',
  ':p "a\\tb"',
  ':t 1.5',
  ':t builtins.map 1',
];

oracleTest('values look as in the real Nix', async () => {
  const theirs = (await askRepl(shown, folder, { HOME: folder })).map((answer) => answer.trim());
  repl = open(true);
  const ours: string[] = [];
  for (const line of shown) ours.push(await say(line));
  expect(ours).toEqual(theirs);
});
