/** Words to invocations: options before and after operands, pairs, settings, and what makes no sense. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { command as completionCommand } from '../../src/cli/commands/completion.ts';
import { command as evalCommand } from '../../src/cli/commands/eval.ts';
import { findCommand } from '../../src/cli/commands/index.ts';
import { parseWords } from '../../src/cli/parse.ts';

const given = (...words: string[]): Record<string, readonly (readonly string[])[]> =>
  Object.fromEntries(parseWords(evalCommand, words).given);
const settings = (...words: string[]): string[] =>
  parseWords(evalCommand, words).assignments.map(({ name, value, origin }) => `${name}=${value} (${origin})`);

describe('options', () => {
  test('before, after and between operands', () => {
    const parsed = parseWords(evalCommand, ['-A', 'a', 'x.nix', '--strict', 'y.nix', '-A', 'b']);
    expect(parsed.operands).toEqual(['x.nix', 'y.nix']);
    expect(Object.fromEntries(parsed.given)).toEqual({ attr: [['a'], ['b']], strict: [[]] });
  });

  test('with two values', () => {
    expect(given('--arg', 'lib', 'import ./lib.nix', '--argstr', 'x', 'y z!', '--arg', 'n', '-1')).toEqual({
      arg: [
        ['lib', 'import ./lib.nix'],
        ['n', '-1'],
      ],
      argstr: [['x', 'y z!']],
    });
  });

  test('values that look like options are values', () => {
    expect(given('-E', '--arg', '-A', '-E')).toEqual({ expr: [['--arg']], attr: [['-E']] });
    expect(given('--expr', '-1')).toEqual({ expr: [['-1']] });
    expect(given('--expr=-1', '-Ax')).toEqual({ expr: [['-1']], attr: [['x']] });
  });

  test('everything after -- is an operand, - is one', () => {
    expect(parseWords(evalCommand, ['-', '--', '--strict', '--arg']).operands).toEqual(['-', '--strict', '--arg']);
  });

  test('pairs come out as they went in', () => {
    const word = fc.string().filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { maxLength: 4 }), (pairs) => {
        const words = pairs.flatMap(([name, text]) => ['--argstr', name, text]);
        expect(given(...words)['argstr'] ?? []).toEqual(pairs);
      }),
    );
  });
});

describe('settings', () => {
  test('are options', () => {
    expect(settings('--max-jobs', '3', '-j', '4', '--show-trace', '--no-sandbox', '--extra-allowed-uris', 'x')).toEqual(
      [
        'max-jobs=3 (--max-jobs)',
        'max-jobs=4 (--max-jobs)',
        'show-trace=true (--show-trace)',
        'sandbox=false (--no-sandbox)',
        'extra-allowed-uris=x (--extra-allowed-uris)',
      ],
    );
  });

  test('--option and --impure', () => {
    expect(settings('--option', 'cores', '2', '--impure', '--pure-eval')).toEqual([
      'cores=2 (--option)',
      'pure-eval=false (--impure)',
      'pure-eval=true (--pure-eval)',
    ]);
  });
});

describe('what makes no sense', () => {
  test.each([
    [['--strct'], "unrecognised flag '--strct'"],
    [['-E'], "'-E' requires an argument"],
    [['--arg', 'x'], "'--arg' requires 2 arguments"],
    [['--strict=yes'], 'strict'],
  ])('%j', (words, message) => {
    expect(() => parseWords(evalCommand, words)).toThrow(message);
  });

  test('says what was probably meant', () => {
    expect(() => parseWords(evalCommand, ['--strct'])).toThrow(
      expect.objectContaining({ hint: 'Did you mean --strict?' }),
    );
  });

  test('too many operands', () => {
    expect(() => parseWords(completionCommand, ['bash', 'fish'])).toThrow("unexpected argument 'fish'");
  });
});

describe('commands', () => {
  const rest = (...words: string[]): readonly string[] | string => {
    const found = findCommand(words);
    return found.kind === 'command' ? found.rest : found.kind;
  };

  test('are found behind settings', () => {
    expect(rest('eval', '-E', '1')).toEqual(['-E', '1']);
    expect(rest('--store', 'eval', '--show-trace', 'eval', 'x')).toEqual(['--store', 'eval', '--show-trace', 'x']);
    expect(rest('--option', 'a', 'b', 'eval')).toEqual(['--option', 'a', 'b']);
    expect(rest('-j', '4', 'pin', 'debian', 'x')).toEqual(['-j', '4', 'x']);
  });

  test('help and version', () => {
    expect([rest(), rest('--help'), rest('--version'), rest('help')]).toEqual(['help', 'help', 'version', 'help']);
    expect(rest('help', 'eval')).toEqual(['--help']);
  });

  test('unknown ones', () => {
    expect(() => findCommand(['evall'])).toThrow(
      expect.objectContaining({ message: "unknown command 'evall'", hint: 'Did you mean eval?' }),
    );
    expect(() => findCommand(['pin', 'debain'])).toThrow("unknown verb 'debain' of 'pin'");
  });
});
