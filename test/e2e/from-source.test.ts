/** The example that compiles: Debian's compiler from a lock, Debian's sources, nothing of this machine. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSync } from '../../src/base/process.ts';
import { root } from '../support/program.ts';
import { Place } from './support.ts';

const place = new Place();
const example = join(root, 'examples/from-source');
const call = { env: { SYSBUILD_STORE: place.at('root') } };

test('GNU hello and Lua are compiled, run anywhere, and refer to nothing but themselves', async () => {
  const words = ['build', example, '-A', 'hello', '-A', 'lua', '--no-out-link', '-L'];
  const built = await place.run(words, call);
  expect(built, built.stderr.slice(-4000)).toMatchObject({ status: 0 });
  expect(built.stderr).toMatch(/hello-[\d.-]+> checking for gcc\.\.\. gcc/);
  const [hello, lua] = built.stdout.trim().split('\n');
  expect(runSync(`${place.at('root')}${hello}/bin/hello`, []).stdout).toBe('Hello, world!\n');
  expect(runSync(`${place.at('root')}${lua}/bin/lua`, ['-e', 'print(6 * 7)']).stdout).toBe('42\n');
  for (const path of [hello!, lua!]) {
    const requisites = (await place.ok(['store', 'requisites', path], call)).trim().split('\n');
    expect(requisites).toEqual([path]);
  }
}, 900_000);

test('what the lock does not have is named, with what locks it', async () => {
  const expression = `let d = ((import ${root}/src/activate/modules).packagesFor { }).debianLock ${example}/debian.lock.json;
    in d.buildInDebian { name = "x"; packages = [ "gfortran" ]; script = ""; }`;
  expect(await place.run(['instantiate', '-E', expression], call)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/`gfortran' is not in the lock.*sysbuild lock debian gfortran/),
  });
});
