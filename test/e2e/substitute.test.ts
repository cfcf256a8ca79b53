/** `build` with caches: those that `serve` offers, and those that the real Nix wrote. */
import * as fs from 'node:fs';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ended, start } from '../../src/base/process.ts';
import { SecretKey } from '../../src/formats/index.ts';
import { serveFiles } from '../store/caches/http-files.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { program } from '../support/program.ts';
import { writeLibrary } from './builds.ts';
import { Place } from './support.ts';

const place = new Place();
let publicKey: string;

beforeAll(async () => {
  writeLibrary(place);
  place.write(
    'default.nix',
    `with import ./lib.nix;
    rec {
      below = build "below" "echo below > $out";
      top = build "top" "echo \${below} > $out";
      soft = floating "soft" "cat \${top} > $out; echo >> $out";
      more = build "more" "cat \${top} \${below} > $out";
      softer = floating "softer" "cat \${soft} \${soft} > $out";
    }`,
  );
  await place.ok(['key', 'generate', 'e2e-1', '-o', 'key']);
  publicKey = (await place.ok(['key', 'public', 'key'])).trim();
});

const build = (attribute: string, store: string, ...words: string[]) =>
  place.run(['build', '-A', attribute, '--no-out-link', '--store', place.at(store), ...words]);

/** `sysbuild serve` of a store, until the test ends. */
async function serving(store: string): Promise<string> {
  const words = ['serve', '--listen', '127.0.0.1:0', '--store', place.at(store), '--secret-key-files', 'key'];
  const child = start(program, words, { cwd: place.folder, env: place.env(), stdio: ['ignore', 'pipe', 'ignore'] });
  const end = ended(child, program);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await end;
  });
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0]!;
}

describe('from `sysbuild serve`', () => {
  test('what the plan says is what is done', async () => {
    const theirs = await build('softer', 'theirs');
    expect(theirs, theirs.stderr).toMatchObject({ status: 0 });
    const caches = ['--substituters', await serving('theirs'), '--trusted-public-keys', publicKey];
    const plan = await build('more', 'ours', ...caches, '--dry-run', '--json');
    const { willBuild, willSubstitute, downloads } = JSON.parse(plan.stdout);
    expect([willBuild.length, willSubstitute.length]).toEqual([1, 2]);
    expect(downloads).toHaveLength(2);
    expect(downloads[0]).toMatchObject({
      path: expect.stringMatching(/-below$/),
      from: expect.stringMatching(/^http:/),
      unpackedSize: expect.any(Number),
    });
    const told = await build('more', 'ours', ...caches, '--dry-run');
    expect(told.stderr).toMatch(
      /these 2 paths will be copied from caches \(.* unpacked\):\n.*-below from http:.*\n.*-top/,
    );
    const more = await build('more', 'ours', ...caches);
    expect(more, more.stderr).toMatchObject({ status: 0 });
    expect(more.stderr).toMatch(/1 built, 0 fetched, 2 from caches, 0 reused/);
    const soft = await build('softer', 'ours', ...caches);
    expect(soft.stdout).toBe(theirs.stdout);
    expect(soft.stderr).toMatch(/0 built, 0 fetched, 1 from caches/);
    const ours = ['--store', place.at('ours')];
    const drvPath = (await place.ok(['instantiate', '-A', 'softer', ...ours])).trim();
    const records = await place.ok(['store', 'realisations', drvPath, '--json', ...ours]);
    expect(JSON.parse(records)).toContainEqual(expect.objectContaining({ outPath: theirs.stdout.trim() }));
  });

  test('without the key nothing is believed, and all is built', async () => {
    await build('top', 'theirs');
    const result = await build('top', 'doubting', '--substituters', await serving('theirs'));
    expect(result.stderr).toMatch(/warning: .*not trusted/);
    expect(result.stderr).toMatch(/2 built/);
  });

  test('a server that is gone costs a warning', async () => {
    const result = await build(
      'top',
      'alone',
      '--substituters',
      'http://127.0.0.1:9',
      '--trusted-public-keys',
      publicKey,
    );
    expect(result).toMatchObject({ status: 0 });
    expect(result.stderr.match(/warning/g)).toHaveLength(1);
    expect(result.stderr).toMatch(/2 built/);
  });
});

describe('from the real Nix', () => {
  /** Builds with the real Nix, and copies that into a cache folder. */
  async function nixCache(): Promise<string> {
    const root = place.at('nix-root');
    fs.mkdirSync(`${root}/nix`, { recursive: true });
    const settings = ['experimental-features = nix-command', 'sandbox = false', 'substituters ='];
    const env = { ...place.env(), NIX_CONFIG: settings.join('\n') };
    const nix = async (...words: string[]): Promise<string> => {
      const result = await oracle(['--store', `${root}/nix`, ...words], { env, cwd: place.folder });
      expect(result, result.stderr).toMatchObject({ status: 0 });
      return result.stdout.trim();
    };
    const secret = await nix('nix', 'key', 'generate-secret', '--key-name', 'nix-1');
    place.write('nix-key', secret);
    const top = await nix('nix-build', '-A', 'top', '--no-out-link');
    await nix('nix', 'copy', '--to', `file://${place.at('cache')}?secret-key=${place.at('nix-key')}`, top);
    return SecretKey.parse(secret).publicKey.format();
  }

  oracleTest('a folder, and the same over HTTP', async () => {
    const theirKey = await nixCache();
    const server = await serveFiles();
    onTestFinished(() => server.stop());
    for (const name of fs.readdirSync(place.at('cache'), { recursive: true, encoding: 'utf8' })) {
      if (fs.statSync(place.at('cache', name)).isFile())
        server.files.set(name, fs.readFileSync(place.at('cache', name)));
    }
    for (const [store, uri] of Object.entries({ folder: `file://${place.at('cache')}`, http: server.url })) {
      const result = await build('more', store, '--substituters', uri, '--trusted-public-keys', theirKey);
      expect(result, result.stderr).toMatchObject({ status: 0 });
      expect(result.stderr).toMatch(/1 built, 0 fetched, 2 from caches, 0 reused/);
      expect(await place.ok(['store', 'verify', '--check-contents', '--store', place.at(store)])).toBe('all is well\n');
    }
  });
});
