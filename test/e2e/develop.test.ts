/** `develop`: a shell in a builder's place. */
import * as fs from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { writeLibrary } from './builds.ts';
import { Place } from './support.ts';

const place = new Place();
const store = place.at('root');
const call = { env: { SYSBUILD_STORE: store, SECRET: 'of the caller' } };
const run = (...words: string[]) => place.run(words, call);

beforeAll(() => {
  writeLibrary(place);
  place.write(
    'default.nix',
    `with import ./lib.nix;
    rec {
      below = build "below" "echo below > $out";
      soft = floating "soft" "cat \${below} > $out";
      top = buildWith { greeting = "hello"; passAsFile = [ "text" ]; text = "a text"; } "top" "echo $greeting; cat \${below} \${soft} > $out";
      bad = build "bad" "echo half > half; echo $$ > $out; exit 3";
    }`,
  );
});

const shell = (attribute: string, line: string, ...words: string[]) =>
  run('develop', '-A', attribute, ...words, '--run', line);

test('the builder’s variables, files and inputs, and nothing else', async () => {
  const line =
    'echo $PWD $greeting $SECRET; cat $textPath; echo; cd /nix/store; for i in *; do echo ${i#*-}; done | sort; id -u';
  const result = await shell('top', `export PATH=$(echo /nix/store/*-busybox/bin); ${line}`);
  expect(result, result.stderr).toMatchObject({ status: 0 });
  expect(result.stdout).toBe('/build hello\na text\nbelow\nbusybox\nsoft\n1000\n');
  expect(result.stderr).toMatch(/2 built|building/);
});

test('what the builder does can be done there, and leaves nothing in the store', async () => {
  const result = await shell('top', '. ./.builder; cat() { while read -r l; do echo "$l"; done; }; cat < $out; exit 7');
  expect(result).toMatchObject({ status: 7, stdout: 'hello\nbelow\nbelow\n' });
  expect(await place.ok(['store', 'path-info'], call)).not.toMatch(/-top\n/);
  expect(fs.readdirSync(place.at('root/nix/var/nix/builds'))).toEqual([]);
});

test('a failed build that was kept is found as it was left', async () => {
  const built = await run('build', '-A', 'bad', '--no-out-link', '--keep-failed');
  expect(built.status).toBe(100);
  const folder = /is kept: (.*)/.exec(built.stderr)![1]!;
  const line = 'read -r word < half; echo $word; [ -s $out ] && echo made; echo more > more';
  expect(await run('develop', folder, '--run', line)).toMatchObject({ status: 0, stdout: 'half\nmade\n' });
  expect(fs.readFileSync(`${folder}/build/more`, 'utf8')).toBe('more\n');
  expect(await run('gc')).toMatchObject({ status: 0 });
});

test('what cannot be entered', async () => {
  expect(await run('develop', '--run', 'true')).toMatchObject({
    status: 64,
    stderr: expect.stringMatching(/4 derivations/),
  });
  expect(await shell('top', 'true', '--no-sandbox')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/no sandbox to enter/),
  });
});
