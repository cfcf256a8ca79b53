import { describe, expect, test } from 'vitest';
import { ParseError } from '../../../src/lang/syntax/parse-errors.ts';
import { parseText, printed } from './support.ts';

const deep = 10_000;

describe('what goes on for long takes no stack', () => {
  test.each([
    ['+', 'left'],
    ['++', 'right'],
    ['//', 'right'],
    ['->', 'right'],
    ['&&', 'left'],
  ])('operator %s', (operator, side) => {
    const tree = printed(Array.from({ length: 100_000 }, () => 'a').join(operator.padStart(3).padEnd(4)));
    expect(tree.startsWith('('.repeat(side === 'left' ? 99_999 : 1))).toBe(true);
  });
  test('prefixes, arguments, paths, pipes, lists, bindings', () => {
    expect(printed(`${'!'.repeat(deep)}a`)).toHaveLength(deep * 4 + 1);
    expect(parseText(`f${' x'.repeat(100_000)}`)).toMatchObject({ kind: 'apply' });
    expect(parseText(`a${'.b'.repeat(100_000)}`)).toMatchObject({ kind: 'select' });
    expect(parseText(`a${' |> f'.repeat(deep)}`, { pipeOperators: true })).toMatchObject({ kind: 'apply' });
    expect(parseText(`[${' 1'.repeat(100_000)} ]`)).toMatchObject({ kind: 'list' });
    expect(parseText(`{ ${Array.from({ length: deep }, (_, i) => `a.b${i} = 1;`).join('')} }`).kind).toBe('attrs');
  });
});

/** Parses, or says that it is too deep; anything else is a crash. */
function orTooDeep(text: string): string {
  try {
    return parseText(text).kind;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return error.rule;
  }
}

describe('what nests as deep as it likes is parsed or refused, and the parser is none the worse', () => {
  test.each([
    ['parentheses', '(', '1', ')'],
    ['lists', '[', '', ']'],
    ['sets', '{ a = ', '1', '; }'],
    ['strings', '"${', '1', '}"'],
    ['functions', 'x: ', 'x', ''],
    ['conditions', 'if a then b else ', 'c', ''],
    ['lets', 'let a = ', '1', '; in a'],
    ['defaults', '{ a ? ', '1', ' }: a'],
  ])('%s', (_, before, core, after) => {
    expect(['int', 'list', 'attrs', 'string', 'lambda', 'if', 'let', 'nesting']).toContain(
      orTooDeep(before.repeat(deep) + core + after.repeat(deep)),
    );
    expect(orTooDeep(before.repeat(100_000))).toMatch(/^(nesting|syntax)$/);
    expect(printed('1')).toBe('1');
  });
});
