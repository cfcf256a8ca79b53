/** Settings: layers, where a value came from, and what is said of those that cannot be. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfig, resolveConfig } from '../../src/app/config.ts';
import { type Assignment, parseConfig, readConfig } from '../../src/app/config-file.ts';
import { definitionOf, settingNames } from '../../src/app/settings.ts';

const scratch = mkdtempSync(join(tmpdir(), 'app-config-'));
const assign = (name: string, value: string, origin = 'test'): Assignment => ({ name, value, origin });

describe('the text of configuration', () => {
  test('assignments, comments, blanks', () => {
    expect(parseConfig('a = 1 # one\n\n#b = 2\n  c   =   x  y  \nd =', 'V', undefined)).toEqual([
      { name: 'a', value: '1', origin: 'V' },
      { name: 'c', value: 'x y', origin: 'V' },
      { name: 'd', value: '', origin: 'V' },
    ]);
  });

  test('includes are relative to the file, with the line where each value stands', () => {
    writeFileSync(join(scratch, 'inner.conf'), 'cores = 3\n');
    writeFileSync(join(scratch, 'outer.conf'), '\ninclude inner.conf\n!include absent.conf\ntimeout = 5\n');
    expect(readConfig(join(scratch, 'outer.conf'))).toEqual([
      { name: 'cores', value: '3', origin: `${scratch}/inner.conf:1` },
      { name: 'timeout', value: '5', origin: `${scratch}/outer.conf:4` },
    ]);
  });

  test.each(['a', 'a b', 'include', 'include a b', '= x'])('%j is no line of it', (line) => {
    expect(() => parseConfig(line, 'V', undefined)).toThrow(/syntax error in configuration line|cannot be read/);
  });

  test('an include that must be there and is not', () => {
    expect(() => parseConfig('include absent.conf', 'V', undefined, scratch)).toThrow(
      `file '${scratch}/absent.conf' included from V cannot be read`,
    );
  });
});

describe('layers', () => {
  test('a later assignment wins, and says where it came from', () => {
    const config = resolveConfig([assign('cores', '1', 'file'), assign('cores', '2', '--cores')]);
    expect(config.settings.cores).toBe(2);
    expect(config.origins.cores).toBe('--cores');
    expect(config.origins.timeout).toBe('default');
  });

  test('extra- adds to lists, and to lists alone', () => {
    const words = [assign('allowed-uris', 'a b', 'x'), assign('extra-allowed-uris', 'c', 'y')];
    const config = resolveConfig([...words, assign('extra-cores', '1')]);
    expect(config.settings['allowed-uris']).toEqual(['a', 'b', 'c']);
    expect(config.origins['allowed-uris']).toBe('x, y');
    expect(config.warnings).toEqual(["unknown setting 'extra-cores' (test); did you mean 'cores'?"]);
  });

  test('unknown names are told, but not those in configuration that is shared with Nix', () => {
    const shared = { ...assign('build-users-group', ''), shared: true };
    const config = resolveConfig([shared, assign('max-job', '1')]);
    expect(config.warnings).toEqual(["unknown setting 'max-job' (test); did you mean 'max-jobs'?"]);
    expect(resolveConfig([assign('max-job', '1'), assign('warn-unknown-settings', 'false')]).warnings).toEqual([]);
  });

  test.each([
    ['show-trace', 'maybe'],
    ['cores', '-1'],
    ['cores', '1.5'],
    ['lint-url-literals', 'error'],
  ])('%s cannot be %j', (name, value) => {
    expect(() => resolveConfig([assign(name, value, '--x')])).toThrow(
      `setting '${name}' has invalid value '${value}' (--x)`,
    );
  });

  test('variables, from the weakest to flags', () => {
    const env = {
      HOME: scratch,
      NIX_CONFIG: 'cores = 1\nnix-path = from-config\nexperimental-features = pipe-operators\nsubstituters = x',
      SYSBUILD_CONFIG: 'cores = 2',
      NIX_PATH: 'a=/x:b=https://host/y:/z with space',
      NIX_REMOTE: 'daemon',
      NIX_ABORT_ON_WARN: '1',
    };
    const { settings, warnings } = loadConfig(env, '/', [assign('cores', '3')]);
    expect(settings.cores).toBe(3);
    expect(settings['nix-path']).toEqual(['a=/x', 'b=https://host/y', '/z with space']);
    expect(settings['experimental-features']).toEqual(['pipe-operators']);
    expect(settings['abort-on-warn']).toBe(true);
    expect(settings.store).toBe('');
    expect(warnings).toEqual([]);
    expect(loadConfig({ ...env, NIX_REMOTE: 'dummy://' }, '/', []).settings.store).toBe('dummy://');
    expect(loadConfig({ ...env, NIX_REMOTE: 'dummy://', SYSBUILD_STORE: '/s' }, '/', []).settings.store).toBe('/s');
    expect(loadConfig({ ...env, NIX_CONFIG: '' }, '/', []).settings.cores).toBe(2);
  });
});

test('what a setting prints, it reads', () => {
  for (const name of settingNames) {
    const { type, fallback } = definitionOf(name);
    expect(type.parse(type.print(fallback))).toEqual(fallback);
  }
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[^\s]+$/)), (words) => {
      const { type } = definitionOf('allowed-uris');
      expect(type.parse(type.print(words))).toEqual(words);
    }),
  );
});

test('numbers with units', () => {
  const { type } = definitionOf('cores');
  expect(['12', '2K', '3m', '1G'].map((text) => type.parse(text))).toEqual([12, 2048, 3 * 2 ** 20, 2 ** 30]);
  expect(definitionOf('max-jobs').type.parse('auto')).toBe(0);
});

test('every setting is explained', () => {
  for (const name of settingNames) expect(definitionOf(name).doc, name).toMatch(/^[`"A-Z].{15,}\.$/);
});
