/** `options` as people and scripts call it. */
import { expect, test } from 'vitest';
import { root } from '../support/program.ts';
import { Place } from './support.ts';

const place = new Place();
const options = (...words: string[]) => place.run(['options', ...words], { env: { NIX_REMOTE: 'dummy://' } });

test('all options, those that fit words, one of them', async () => {
  const all = await options();
  expect(all).toMatchObject({ status: 0, stderr: '' });
  expect(all.stdout.split('\n').length).toBeGreaterThan(300);
  expect((await options('kernel', 'modules')).stdout).toMatch(/^boot\.kernelModules +Kernel modules that are loaded/m);
  const one = await options('services.nginx.gzip');
  expect(one.stdout).toContain('services.nginx.gzip\n  Whether texts are sent compressed.\n');
  expect(one.stdout).toMatch(/^ {2}declared at +<sysbuild>\/services\/nginx\.nix:\d+:\d+$/m);
  expect(one.stdout).not.toMatch(/^ {2}value/m);
});

test('of a machine: a folder with a system, or a module', async () => {
  const server = await options('-f', `${root}/examples/web-server`, 'services.postgresql.version', '--json');
  expect(server).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(server.stdout)).toMatchObject([
    { value: '"15"', definitions: [{ place: expect.stringMatching(/web-server\/database\.nix:\d+:\d+$/) }] },
  ]);
  place.write('machine.nix', '{\n  networking.hostName = "box";\n}\n');
  const name = await options('-f', 'machine.nix', 'system.name');
  expect(name.stdout).toMatch(/^ {2}value +"box"$/m);
  const set = await options('-f', 'machine.nix', 'networking.hostName');
  expect(set.stdout).toMatch(/^ {2}set at +machine\.nix:2:3$/m);
});

test('what is not there, and what is no machine', async () => {
  const typo = await options('services.nginx.gzp');
  expect(typo).toMatchObject({ status: 1, stdout: '' });
  expect(typo.stderr).toContain('Did you mean services.nginx.gzip');
  place.write('typo.nix', '{\n  networking.hostNam = "box";\n}\n');
  const wrong = await options('-f', 'typo.nix', 'networking.hostName');
  expect(wrong).toMatchObject({ status: 0 });
  expect(wrong.stdout).toContain('has no value');
  const derivation = await options('-E', 'derivation { name = "x"; builder = "x"; system = "x"; }', 'a');
  expect(derivation).toMatchObject({ status: 1, stderr: expect.stringContaining('no machine of the module library') });
});
