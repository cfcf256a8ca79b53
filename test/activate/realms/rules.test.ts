/** Patterns that give realms, and files that say what to leave out; against picomatch and git. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { folderOf } from '../../../src/activate/realms/map/entry.ts';
import { type RealmPattern, RealmRules, ruleIn } from '../../../src/activate/realms/map/patterns.ts';
import { Scope } from '../../../src/activate/realms/map/scope.ts';
import { runSync } from '../../../src/base/process.ts';
import { scratchFolder } from '../support.ts';

const rule = (pattern: string): RealmPattern => ({ pattern, realm: 'divergent', reason: pattern, declared: undefined });
const part = fc.constantFrom('a', 'b', '.c', 'a.txt', 'ab');
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const wild = fc.constantFrom('a', 'b', '*', '**', '*.txt', 'a?', '{a,b}', '.c', '[ab]');
const pattern = fc.array(wild, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

describe('realm rules', () => {
  test('a pattern matches what picomatch says', () => {
    fc.assert(
      fc.property(pattern, path, (one, place) => {
        const wanted = picomatch(one.slice(1), { dot: true, nonegate: true })(place.slice(1));
        expect(new RealmRules([rule(one)]).ruleOf(place) !== undefined, `${one} ${place}`).toBe(wanted);
      }),
      { numRuns: 500 },
    );
  });

  test('asking by folder gives the same as asking for the path', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), path, (patterns, place) => {
        const rules = new RealmRules(patterns.map(rule));
        expect(ruleIn(rules.rulesFor(folderOf(place)), place)).toBe(rules.ruleOf(place));
      }),
      { numRuns: 500 },
    );
  });

  test('the longest plain beginning wins, then the later rule', () => {
    const rules = new RealmRules(['/srv/**', '/srv/db/**', '/srv/*/tmp', '/srv/db/**'].map(rule));
    expect(rules.ruleOf('/srv/www')?.pattern).toBe('/srv/**');
    expect(rules.ruleOf('/srv/db/x')?.pattern).toBe('/srv/db/**');
    expect(rules.ruleOf('/srv/www/tmp')?.pattern).toBe('/srv/*/tmp');
    expect(rules.ruleOf('/etc')).toBeUndefined();
  });
});

describe('scope', () => {
  test('a file of patterns leaves out what git would ignore', () => {
    const folder = scratchFolder();
    const git = (...args: string[]) =>
      runSync('git', ['-C', folder, ...args], { env: { PATH: process.env['PATH'], HOME: folder } });
    expect(git('init', '-q').status).toBe(0);
    const files = ['a', 'b', 'a.txt', 'a/', 'd/a', 'd/b.txt', 'd/e/a', 'd/e/b', '.c', 'd/.c', 'e/d/b'].filter(
      (name) => !['a'].includes(name),
    );
    for (const name of files) {
      fs.mkdirSync(join(folder, name.endsWith('/') ? name : dirname(name)), { recursive: true });
      if (!name.endsWith('/')) fs.writeFileSync(join(folder, name), '');
    }
    fs.writeFileSync(join(folder, 'a/f'), '');
    const all = [
      'a',
      'a/f',
      'b',
      'a.txt',
      'd',
      'd/a',
      'd/b.txt',
      'd/e',
      'd/e/a',
      'd/e/b',
      '.c',
      'd/.c',
      'e',
      'e/d',
      'e/d/b',
    ];
    const isFolder = (name: string): boolean => fs.statSync(join(folder, name)).isDirectory();
    const leftOut = (scope: Scope): string[] => {
      const out = all.filter((name) => scope.leavesOut(`/${name}`, isFolder(name) ? 'directory' : 'file'));
      return all.filter((name) => out.some((one) => name === one || name.startsWith(`${one}/`)));
    };
    const lines = [
      'a',
      '/a',
      'd/',
      'd/e',
      '*.txt',
      '!a.txt',
      '!d',
      '/d/*',
      '**/b',
      'd/**',
      '# c',
      '',
      '!b',
      '.c',
      'e/',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 4 }), (chosen) => {
        const text = `${chosen.join('\n')}\n`;
        fs.writeFileSync(join(folder, '.gitignore'), text);
        const asked = runSync('git', ['-C', folder, 'check-ignore', '--no-index', '--stdin'], {
          input: all.join('\n'),
          env: { PATH: process.env['PATH'], HOME: folder },
        });
        const wanted = asked.stdout.split('\n').filter((name) => name !== '');
        expect(leftOut(new Scope(text)), text).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  test('plain paths are known before the walk, unless they are taken back', () => {
    expect(new Scope('/srv/big\n/srv/*/x\nname\n/opt/f\n!/opt/f\n').plainPaths).toEqual(['/srv/big']);
  });
});
