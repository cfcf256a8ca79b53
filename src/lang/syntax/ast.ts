/**
 * The syntax tree of the language: what the parser makes and the compiler reads.
 *
 * Positions are byte offsets into the file's source (sources are byte strings; see base/bytes). `pos` is where an
 * error about the node points: as in Nix that is the start of the node, but for the forms that say otherwise.
 * All strings here are byte strings. Bindings are already merged: `a.b = 1; a.c = 2;` is one attribute `a`.
 */

export type Expr =
  | IntExpr
  | FloatExpr
  | StringExpr
  | PathExpr
  | SearchPathExpr
  | VarExpr
  | SelectExpr
  | HasAttrExpr
  | LambdaExpr
  | ApplyExpr
  | LetExpr
  | WithExpr
  | IfExpr
  | AssertExpr
  | UnaryExpr
  | BinaryExpr
  | ListExpr
  | AttrsExpr
  | CurPosExpr;

interface Node {
  readonly pos: number;
}

export interface IntExpr extends Node {
  readonly kind: 'int';
  /** A number while it is safe, else a bigint (see runtime/numbers). */
  readonly value: number | bigint;
}
export interface FloatExpr extends Node {
  readonly kind: 'float';
  readonly value: number;
}
/**
 * A quoted, indented (already stripped) or URI string. Plain text is a single string part, `""` no part at all.
 * Text parts may be neighbours where an indented string has escapes. What interpolates starts at its first part.
 */
export interface StringExpr extends Node {
  readonly kind: 'string';
  readonly parts: readonly (string | Expr)[];
  /** Where each part starts: for an expression, its `${`. */
  readonly at: readonly number[];
}
/**
 * A path literal. The first part is always text as written: absolute, `./x`, `a/b` or `~/x`; the compiler resolves
 * it against the file's folder (or home) and canonicalises it. More parts when it interpolates.
 */
export interface PathExpr extends Node {
  readonly kind: 'path';
  readonly parts: readonly (string | Expr)[];
  /** Where each part starts: for an expression, its `${`. */
  readonly at: readonly number[];
}
/** `<name/rest>`: a call of `__findFile __nixPath "name/rest"`. */
export interface SearchPathExpr extends Node {
  readonly kind: 'search-path';
  readonly path: string;
}
export interface VarExpr extends Node {
  readonly kind: 'var';
  readonly name: string;
}
/** One step of an attribute path: a known name, or an expression (`${e}`, an interpolated string). */
export type AttrName = { readonly name: string; readonly pos: number } | { readonly expr: Expr; readonly pos: number };

export interface SelectExpr extends Node {
  readonly kind: 'select';
  readonly subject: Expr;
  readonly path: readonly AttrName[];
  /** The expression after `or`. */
  readonly fallback: Expr | undefined;
}
export interface HasAttrExpr extends Node {
  readonly kind: 'has-attr';
  readonly subject: Expr;
  readonly path: readonly AttrName[];
}
export interface Formal extends Node {
  readonly name: string;
  readonly fallback: Expr | undefined;
}
export interface Formals {
  /** In the order as written; names are distinct. */
  readonly list: readonly Formal[];
  readonly ellipsis: boolean;
}
/** `x: body`, `{ a, b ? 1, ... } @ all: body`. At least one of `name` and `formals` is there. */
export interface LambdaExpr extends Node {
  readonly kind: 'lambda';
  readonly name: string | undefined;
  readonly formals: Formals | undefined;
  readonly body: Expr;
}
/** `f a b` is one node with two arguments. */
export interface ApplyExpr extends Node {
  readonly kind: 'apply';
  readonly fn: Expr;
  readonly args: readonly Expr[];
}

/** One attribute of a set or a let. */
export type Binding = Node & { readonly name: string } & (
    | { readonly kind: 'plain'; readonly value: Expr }
    /** `inherit x;`: the variable `x` of the *enclosing* scope. */
    | { readonly kind: 'inherit'; readonly value: VarExpr }
    /** `inherit (e) x;`: `from` is an index into `Bindings.inheritFrom`. */
    | { readonly kind: 'inherit-from'; readonly from: number }
  );

export interface Bindings {
  /** By name; at most one for each name; in the order as written. */
  readonly statics: ReadonlyMap<string, Binding>;
  /** The subjects of `inherit (e) …`, in order; scoped like the plain values. */
  readonly inheritFrom: readonly Expr[];
  readonly dynamics: readonly { readonly name: Expr; readonly value: Expr; readonly pos: number }[];
}

/** The old `let { …; body = e; }` is a select of `body` from a recursive set. */
export interface LetExpr extends Node {
  readonly kind: 'let';
  readonly bindings: Bindings;
  readonly body: Expr;
}
export interface AttrsExpr extends Node {
  readonly kind: 'attrs';
  readonly recursive: boolean;
  readonly bindings: Bindings;
}
export interface WithExpr extends Node {
  readonly kind: 'with';
  readonly scope: Expr;
  readonly body: Expr;
}
export interface IfExpr extends Node {
  readonly kind: 'if';
  readonly condition: Expr;
  readonly then: Expr;
  readonly otherwise: Expr;
}
export interface AssertExpr extends Node {
  readonly kind: 'assert';
  readonly condition: Expr;
  readonly body: Expr;
}
export interface UnaryExpr extends Node {
  readonly kind: 'unary';
  readonly op: '!' | '-';
  readonly operand: Expr;
}
export type BinaryOperator =
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&&'
  | '||'
  | '->'
  | '//'
  | '++'
  | '+'
  | '-'
  | '*'
  | '/';
/** `a |> f` and `f <| a` are applications. `pos` is that of the operator. */
export interface BinaryExpr extends Node {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  /** Where the operands start, with the parentheses around them. */
  readonly leftPos: number;
  readonly rightPos: number;
}
export interface ListExpr extends Node {
  readonly kind: 'list';
  readonly items: readonly Expr[];
}
/** `__curPos`. */
export interface CurPosExpr extends Node {
  readonly kind: 'cur-pos';
}
