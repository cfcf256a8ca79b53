/**
 * A syntax tree as text, fully parenthesised and with its sugar gone: what `nix-instantiate --parse` prints. Sets show
 * their names in byte order, paths are absolute.
 */

import { assertNever } from '../../base/assert.ts';
import { generalText } from '../float-text.ts';
import type { ApplyExpr, AttrName, BinaryExpr, Bindings, Expr, Formals, PathExpr, StringExpr } from './ast.ts';
import { quoteText, showName } from './literal-text.ts';
import { isPlainString } from './literals.ts';
import { resolvePath } from './path-literals.ts';

export interface PrintContext {
  /** The folder of the file that the expression stands in, absolute. */
  readonly basePath: string;
  readonly home: string;
}

/** Text, and expressions whose text is still to be made. */
type Pieces = (string | Expr)[];

/** Walks with a stack of its own, so that no depth is too deep. */
export function printExpr(expr: Expr, context: PrintContext): string {
  const waiting: Pieces = [expr];
  let text = '';
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') {
      text += next;
      continue;
    }
    const pieces = piecesOf(next, context);
    for (let i = pieces.length - 1; i >= 0; i--) waiting.push(pieces[i]!);
  }
  return text;
}

function piecesOf(expr: Expr, context: PrintContext): Pieces {
  switch (expr.kind) {
    case 'int':
      return [String(expr.value)];
    case 'float':
      return [generalText(expr.value, 6)];
    case 'string':
      return stringPieces(expr);
    case 'path':
      return pathPieces(expr, context);
    case 'search-path':
    case 'apply':
    case 'unary':
    case 'binary':
      return callPieces(expr);
    case 'var':
      return [showName(expr.name)];
    case 'cur-pos':
      return ['__curPos'];
    case 'list':
      return ['[ ', ...expr.items.flatMap((item) => ['(', item, ') ']), ']'];
    default:
      return structurePieces(expr);
  }
}

type Structure = Extract<
  Expr,
  { readonly kind: 'select' | 'has-attr' | 'lambda' | 'let' | 'attrs' | 'with' | 'if' | 'assert' }
>;

function structurePieces(expr: Structure): Pieces {
  switch (expr.kind) {
    case 'select':
      return ['(', expr.subject, ').', ...attrPathPieces(expr.path), ...fallbackPieces(expr.fallback)];
    case 'has-attr':
      return ['((', expr.subject, ') ? ', ...attrPathPieces(expr.path), ')'];
    case 'lambda':
      return ['(', ...formalsPieces(expr.formals, expr.name), ': ', expr.body, ')'];
    case 'let':
      return ['(let ', ...bindingPieces(expr.bindings), 'in ', expr.body, ')'];
    case 'attrs':
      return [expr.recursive ? 'rec { ' : '{ ', ...bindingPieces(expr.bindings), '}'];
    case 'with':
      return ['(with ', expr.scope, '; ', expr.body, ')'];
    case 'if':
      return ['(if ', expr.condition, ' then ', expr.then, ' else ', expr.otherwise, ')'];
    case 'assert':
      return ['assert ', expr.condition, '; ', expr.body];
    default:
      return assertNever(expr);
  }
}

function stringPieces(expr: StringExpr): Pieces {
  if (isPlainString(expr)) return [quoteText(expr.parts[0] ?? '')];
  return sumPieces(expr.parts.map((part) => (typeof part === 'string' ? quoteText(part) : part)));
}

function pathPieces({ parts }: PathExpr, { basePath, home }: PrintContext): Pieces {
  const [first, ...rest] = parts;
  const path = resolvePath(first as string, basePath, home);
  if (rest.length === 0) return [path];
  return sumPieces([path, ...rest.map((part) => (typeof part === 'string' ? quoteText(part) : part))]);
}

/** Interpolation is addition. */
function sumPieces(terms: Pieces): Pieces {
  return ['(', ...terms.flatMap((term, index) => (index === 0 ? [term] : [' + ', term])), ')'];
}

type Call = Extract<Expr, { readonly kind: 'search-path' | 'apply' | 'unary' | 'binary' }>;

/** Calls, and what is sugar for one. */
function callPieces(expr: Call): Pieces {
  const call = callOf(expr);
  if (call !== undefined) return ['(', ...call.flatMap((piece, index) => (index === 0 ? [piece] : [' ', piece])), ')'];
  if (expr.kind === 'unary') return ['(! ', expr.operand, ')'];
  const { op, left, right } = expr as BinaryExpr;
  if (op === '<=') return ['(! (__lessThan ', right, ' ', left, '))'];
  if (op === '>=') return ['(! (__lessThan ', left, ' ', right, '))'];
  return ['(', left, ` ${op} `, right, ')'];
}

/** Function and arguments; an application of what is sugar for a call is that call with more arguments. */
function callOf(expr: Expr): Pieces | undefined {
  if (expr.kind === 'search-path') return ['__findFile', '__nixPath', quoteText(expr.path)];
  if (expr.kind === 'apply') return appliedPieces(expr);
  if (expr.kind === 'unary') return expr.op === '-' ? ['__sub', '0', expr.operand] : undefined;
  return expr.kind === 'binary' ? arithmeticPieces(expr) : undefined;
}

function appliedPieces({ fn, args }: ApplyExpr): Pieces {
  // `f or` is made apart from other applications, and joins none. (A variable of that name is in nothing else.)
  const apart = args[0]?.kind === 'var' && args[0].name === 'or';
  const call = apart || fn.kind === 'apply' ? undefined : callOf(fn);
  return [...(call ?? [fn]), ...args];
}

function arithmeticPieces({ op, left, right }: BinaryExpr): Pieces | undefined {
  switch (op) {
    case '<':
      return ['__lessThan', left, right];
    case '>':
      return ['__lessThan', right, left];
    case '-':
      return ['__sub', left, right];
    case '*':
      return ['__mul', left, right];
    case '/':
      return ['__div', left, right];
    default:
      return undefined;
  }
}

function attrPathPieces(path: readonly AttrName[]): Pieces {
  return path.flatMap((step, index) => {
    const dot = index === 0 ? '' : '.';
    return 'expr' in step ? [`${dot}"\${`, step.expr, '}"'] : [dot + showName(step.name)];
  });
}

function fallbackPieces(fallback: Expr | undefined): Pieces {
  return fallback === undefined ? [] : [' or (', fallback, ')'];
}

const byName = <T extends { readonly name: string }>(all: Iterable<T>): T[] =>
  [...all].sort((a, b) => (a.name < b.name ? -1 : 1));

function formalsPieces(formals: Formals | undefined, name: string | undefined): Pieces {
  const shown = name === undefined ? '' : showName(name);
  if (formals === undefined) return [shown];
  const list: Pieces[] = byName(formals.list).map((formal) =>
    formal.fallback === undefined ? [showName(formal.name)] : [`${showName(formal.name)} ? `, formal.fallback],
  );
  if (formals.ellipsis) list.push(['...']);
  const pieces = list.flatMap((formal, index) => (index === 0 ? formal : [', ', ...formal]));
  return ['{ ', ...pieces, ' }', name === undefined ? '' : ` @ ${shown}`];
}

function bindingPieces({ statics, inheritFrom, dynamics }: Bindings): Pieces {
  const sorted = byName(statics.values());
  const inherited = sorted.filter((binding) => binding.kind === 'inherit');
  const from = inheritFrom.flatMap((subject, index) => {
    const names = sorted.filter((binding) => binding.kind === 'inherit-from' && binding.from === index);
    return names.length === 0 ? [] : ['inherit (', subject, `)${namesText(names)}; `];
  });
  const plain = sorted.flatMap((binding) =>
    binding.kind === 'plain' ? [`${showName(binding.name)} = `, binding.value, '; '] : [],
  );
  const dynamic = dynamics.flatMap(({ name, value }) => ['"${', name, '}" = ', value, '; ']);
  return [inherited.length === 0 ? '' : `inherit${namesText(inherited)}; `, ...from, ...plain, ...dynamic];
}

const namesText = (bindings: readonly { readonly name: string }[]): string =>
  bindings.map((binding) => ` ${showName(binding.name)}`).join('');
