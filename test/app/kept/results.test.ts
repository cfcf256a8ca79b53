/** Kept results: whatever happens to what they came from, they are what a new evaluation gives. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, type MockInstance, onTestFinished, test, vi } from 'vitest';
import { resolveConfig } from '../../../src/app/config.ts';
import { Results } from '../../../src/app/kept/results.ts';
import { stampAt } from '../../../src/app/kept/stamp.ts';
import { evaluate } from '../../../src/app/operations/evaluate.ts';
import { instantiate } from '../../../src/app/operations/instantiate.ts';
import { fromUnicode } from '../../../src/base/bytes.ts';
import { SysbuildError } from '../../../src/base/errors.ts';
import type { Event } from '../../../src/base/events.ts';
import { collectGarbage, openLocalStore } from '../../../src/store/index.ts';
import { scratch } from '../support.ts';

/** Each evaluation that kept its result was a new one. */
let kept: MockInstance;
beforeEach(() => {
  kept = vi.spyOn(Results.prototype, 'keep');
});
afterEach(() => kept.mockRestore());

interface World {
  readonly folder: string;
  readonly env: Record<string, string | undefined>;
  readonly settings?: Readonly<Record<string, string>>;
}

const worldIn = (folder: string, settings = {}): World => {
  fs.mkdirSync(join(folder, 'work'));
  return { folder, env: { XDG_CACHE_HOME: join(folder, 'cache') }, settings };
};

function options(world: World, more: Readonly<Record<string, string>>, events: Event[]) {
  const all = { store: 'dummy://', ...world.settings, ...more };
  return {
    config: resolveConfig(Object.entries(all).map(([name, value]) => ({ name, value, origin: 'test' }))),
    env: { ...world.env },
    cwd: join(world.folder, 'work'),
    sink: { emit: (event: Event) => void events.push(event) },
    signal: new AbortController().signal,
    build: 'test',
  };
}

const subjectOf = (text: string) => ({
  sources: [{ kind: 'text', text: fromUnicode(text) } as const],
  attributes: [],
  arguments: [],
});

/** What is printed, and what is said; or the error. */
async function outcome(world: World, text: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const events: Event[] = [];
  const shown: string[] = [];
  try {
    const how = { format: 'json', strict: true, locations: false } as const;
    for await (const piece of evaluate(options(world, more, events), subjectOf(text), how)) shown.push(piece);
  } catch (error) {
    if (!(error instanceof SysbuildError)) throw error;
    shown.push(`error: ${error.message}`);
  }
  return `${shown.join('')}${JSON.stringify(events)}`;
}

const fresh = (world: World, text: string): Promise<string> => outcome(world, text, { 'eval-cache': 'false' });

/** Makes files old enough for their times to be trusted. */
function age(path: string): void {
  for (const name of fs.readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    const file = join(path, name);
    if (!fs.lstatSync(file).isSymbolicLink()) fs.utimesSync(file, 1000, 1000);
  }
}

describe('a result is returned again', () => {
  test('when nothing has changed', async () => {
    const world = worldIn(scratch());
    fs.writeFileSync(join(world.folder, 'work/a.nix'), '{ x = builtins.readFile ./b; }');
    fs.writeFileSync(join(world.folder, 'work/b'), 'text');
    const program = 'builtins.trace "said" (import ./a.nix).x + toString (builtins.attrNames (builtins.readDir ./.))';
    const first = await outcome(world, program);
    expect(first).toContain('said');
    expect(kept).toHaveBeenCalledTimes(1);
    expect(await outcome(world, program)).toBe(first);
    expect(kept).toHaveBeenCalledTimes(1);
  });

  test('when files have the same content at another time', async () => {
    const world = worldIn(scratch());
    fs.writeFileSync(join(world.folder, 'work/b'), 'text');
    const first = await outcome(world, 'builtins.readFile ./b');
    age(join(world.folder, 'work'));
    expect(await outcome(world, 'builtins.readFile ./b')).toBe(first);
    expect(kept).toHaveBeenCalledTimes(1);
  });

  test('but not for another folder, other settings, or with the setting off', async () => {
    const world = worldIn(scratch());
    await outcome(world, '1');
    await outcome(world, '1', { 'max-call-depth': '100' });
    expect(kept).toHaveBeenCalledTimes(2);
    await fresh(world, '1');
    expect(fs.readdirSync(join(world.folder, 'cache/sysbuild/results'))).toHaveLength(2);
  });

  test('but not where it depends on the time', async () => {
    const world = worldIn(scratch());
    await outcome(world, 'builtins.seq builtins.currentTime 1');
    await outcome(world, 'builtins.seq builtins.currentTime 1');
    expect(kept).toHaveBeenCalledTimes(2);
  });

  test('but not where it reads what is no file', async () => {
    const world = worldIn(scratch());
    const program = 'builtins.readFile /dev/null';
    const first = await outcome(world, program);
    expect(first).toBe(await fresh(world, program));
    expect(await outcome(world, program)).toBe(first);
    expect(fs.existsSync(join(world.folder, 'cache/sysbuild/results'))).toBe(false);
  });

  test('and not out of a file that was cut short', async () => {
    const world = worldIn(scratch());
    const first = await outcome(world, '1 + 1');
    const results = join(world.folder, 'cache/sysbuild/results');
    for (const name of fs.readdirSync(results)) fs.truncateSync(join(results, name), 20);
    expect(await outcome(world, '1 + 1')).toBe(first);
    expect(kept).toHaveBeenCalledTimes(2);
  });
});

test('derivations that a collection has removed are written again', async () => {
  const world = worldIn(scratch(), {});
  const store = { store: join(world.folder, 'root') };
  const program = 'derivation { name = "a"; builder = ./work; system = "s"; }';
  fs.writeFileSync(join(world.folder, 'work/work'), 'text');
  age(join(world.folder, 'work'));
  const ask = async (): Promise<string[]> => {
    const paths: string[] = [];
    for await (const { drvPath } of instantiate(options(world, store, []), subjectOf(program))) paths.push(drvPath);
    return paths;
  };
  const [drvPath] = await ask();
  expect(await ask()).toEqual([drvPath]);
  const opened = openLocalStore({ physicalRoot: store.store, storeDir: '/nix/store', sink: { emit() {} } });
  try {
    await collectGarbage(opened);
    expect(fs.existsSync(store.store + drvPath!)).toBe(false);
    expect(await ask()).toEqual([drvPath]);
    expect(fs.existsSync(store.store + drvPath!)).toBe(true);
  } finally {
    opened.close();
  }
});

test('times of a file that was changed a moment ago are not trusted', () => {
  const file = join(scratch(), 'a');
  fs.writeFileSync(file, '1');
  expect(stampAt(file, 'file')).toBe('');
  const clock = vi.spyOn(Date, 'now').mockReturnValue(fs.statSync(file).ctimeMs + 10_000);
  onTestFinished(() => clock.mockRestore());
  expect(stampAt(file, 'file')).not.toBe('');
  expect(() => stampAt(file, 'folder')).toThrow();
  expect(stampAt('/proc/self/status', 'file')).toBe('');
});

test('a file of the same size, written within the same tick of the clock', async () => {
  const world = worldIn(scratch());
  const file = join(world.folder, 'work/a');
  for (let i = 0; i < 300; i++) {
    fs.writeFileSync(file, String(100 + i));
    expect(await outcome(world, 'builtins.readFile ./a')).toContain(String(100 + i));
  }
});

test('a file that is source and text has a mode as well', async () => {
  const world = worldIn(scratch());
  fs.writeFileSync(join(world.folder, 'work/a'), '1');
  const program = '[ (builtins.readFile ./a) (toString (builtins.path { path = ./a; name = "a"; })) ]';
  const first = await outcome(world, program);
  fs.chmodSync(join(world.folder, 'work/a'), 0o755);
  expect(await outcome(world, program)).not.toBe(first);
});

/** A program that looks at all that the edits below change, in every way that there is. */
const looksAtAll = `
let
  try = path: f: if builtins.pathExists path then f path else null;
  kind = path: try path builtins.readFileType;
  text = path: if kind path == "regular" then builtins.readFile path else kind path;
in
builtins.trace (text ./a) {
  files = map text [ ./a ./b ./d/a ./d/e/a ];
  kinds = map kind [ ./a ./b ./d ./d/a ./d/e ./l ];
  linked = map builtins.pathExists [ ./l ./l/a ./l/e/a ];
  listed = if kind ./d == "directory" then builtins.readDir ./d else null;
  imported = if kind ./i.nix == "regular" then import ./i.nix else null;
  source = if kind ./d == "directory" then toString (builtins.path { path = ./d; name = "d"; filter = p: _: baseNameOf p != "b"; }) else null;
  variable = builtins.getEnv "A" + builtins.getEnv "B";
  hash = if kind ./b == "regular" then builtins.hashFile "sha256" ./b else null;
}`;

const place = fc.constantFrom('a', 'b', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a', 'l', 'i.nix');
const content = fc.constantFrom('1', '2', '3', '{ }', '[ 1 2 ]', '"long text"');
const edit = fc.oneof(
  fc.record({ what: fc.constant('write' as const), place, content }),
  fc.record({ what: fc.constant('write' as const), place: fc.constantFrom('a', 'b', 'd/a', 'i.nix'), content }),
  fc.record({ what: fc.constant('remove' as const), place }),
  fc.record({ what: fc.constant('folder' as const), place }),
  fc.record({
    what: fc.constant('link' as const),
    place,
    to: fc.constantFrom('d', 'a', 'd/e', '../work/d', 'nowhere'),
  }),
  fc.record({ what: fc.constant('move' as const), place, to: place }),
  fc.record({ what: fc.constant('mode' as const), place, mode: fc.constantFrom(0o644, 0o755) }),
  fc.record({ what: fc.constant('env' as const), place: fc.constantFrom('A', 'B'), content }),
  fc.record({ what: fc.constant('age' as const), place }),
  fc.record({ what: fc.constant('nothing' as const), place }),
);

/** Does an edit; those that are not possible do nothing. */
function apply(world: World, one: typeof edit extends fc.Arbitrary<infer T> ? T : never): void {
  const work = join(world.folder, 'work');
  const path = join(work, one.place);
  try {
    if (one.what === 'write') fs.writeFileSync(path, one.content);
    else if (one.what === 'remove') fs.rmSync(path, { recursive: true });
    else if (one.what === 'folder') fs.mkdirSync(path);
    else if (one.what === 'link') fs.symlinkSync(one.to, path);
    else if (one.what === 'move') fs.renameSync(path, join(work, one.to));
    else if (one.what === 'mode') fs.chmodSync(path, one.mode);
    else if (one.what === 'env') world.env[one.place] = one.content;
    else if (one.what === 'age') age(work);
  } catch {}
}

/** Longer than a tick of the clock that files are stamped with (milliseconds). */
const tick = 12;

test.each([
  ['at once: within a tick of the clock, so that times tell nothing', 0, 0],
  ['later: times are trusted, as the clock has gone on', tick, 60_000],
])('after any edits, %s, a kept result is that of a new evaluation', async (_, pause, ahead) => {
  const now = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  onTestFinished(() => clock.mockRestore());
  let returned = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.array(edit, { maxLength: 3 })), { maxLength: 10 }), async (steps) => {
      const world = worldIn(scratch());
      for (const name of ['d', 'd/e']) fs.mkdirSync(join(world.folder, 'work', name));
      for (const name of ['a', 'b', 'd/a', 'd/e/a', 'i.nix']) fs.writeFileSync(join(world.folder, 'work', name), '0');
      for (const [edits] of [[[]] as const, ...steps]) {
        await sleep(pause);
        for (const one of edits) apply(world, one);
        await sleep(pause);
        const before = kept.mock.calls.length;
        const shown = await outcome(world, looksAtAll);
        returned += kept.mock.calls.length === before && !shown.startsWith('error') ? 1 : 0;
        expect(shown).toBe(await fresh(world, looksAtAll));
        // At once, with nothing changed, and now perhaps returned.
        expect(await outcome(world, looksAtAll)).toBe(shown);
      }
    }),
    { numRuns: 40 },
  );
  // Within a tick there may be nothing that can be trusted, and so nothing that is returned.
  if (ahead > 0) expect(returned).toBeGreaterThan(0);
});
