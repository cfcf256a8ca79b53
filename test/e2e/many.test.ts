/** Many of something: clients of one store, inputs of one build. */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { writeLibrary } from './builds.ts';
import { Place, testAsEach } from './support.ts';

test('64 clients of one store build one graph: each derivation once, and all get the same', async () => {
  const place = new Place();
  writeLibrary(place);
  place.write(
    'graph.nix',
    `with import ./lib.nix; let
      base = floating "base" "echo base > $out";
      middle = i: build "middle-\${i}" "cat \${base} > $out; echo \${i} >> $out; sleep 0.2";
    in build "top" "cat \${toString (map middle [ "1" "2" "3" "4" "5" "6" ])} > $out"`,
  );
  const call = { env: { SYSBUILD_STORE: place.at('root') } };
  const clients = Array.from({ length: 64 }, () => place.run(['build', 'graph.nix', '--no-out-link', '-j2'], call));
  const results = await Promise.all(clients);
  for (const result of results) expect(result, result.stderr).toMatchObject({ status: 0 });
  expect(new Set(results.map((result) => result.stdout)).size).toBe(1);
  const built = results.map((result) => Number(/^(\d+) built/m.exec(result.stderr)?.[1] ?? 0));
  expect(built.reduce((sum, count) => sum + count, 0)).toBe(8);
  expect(await place.ok(['store', 'verify', '--check-contents'], call)).toBe('all is well\n');
  expect(fs.readdirSync(place.at('root/nix/var/nix/builds'))).toEqual([]);
}, 600_000);

testAsEach(
  'hundreds of inputs are seen, and none of them can be written',
  async (place) => {
    writeLibrary(place);
    place.write(
      'wide.nix',
      `with import ./lib.nix; let
      part = i: builtins.toFile "part-\${toString i}" (toString i);
      parts = builtins.genList part 450;
      both = name: buildWith { inherit parts; } name ''
        cat $parts | wc -c > $out
        for i in $parts \${busybox}/bin/busybox; do
          chmod u+w $i 2>/dev/null && exit 1
          rm -f $i 2>/dev/null && exit 1
          mv $i /build/ 2>/dev/null && exit 1
          { echo x > $i; } 2>/dev/null && exit 1
        done
        umount /nix/store/* 2>/dev/null && exit 1
        ls /nix/store | wc -l >> $out
      '';
    in map both [ "a" "b" "c" "d" "e" "f" ]`,
    );
    const call = { env: { SYSBUILD_STORE: place.at('root') } };
    const paths = (await place.ok(['build', 'wide.nix', '--no-out-link', '-j2'], call)).trim().split('\n');
    // Digits of 0 to 449; the inputs, busybox and the output.
    for (const path of paths) expect(fs.readFileSync(place.at('root') + path, 'utf8')).toBe('1240\n452\n');
    expect(await place.ok(['store', 'verify', '--check-contents'], call)).toBe('all is well\n');
  },
  300_000,
);
