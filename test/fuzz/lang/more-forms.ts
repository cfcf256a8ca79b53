/** More ways to an expression of each type: rarer builtins, and constructs that bind names in unusual ways. */
import { type Form, form } from './form.ts';
import type { Generator } from './generator.ts';
import { indentedText, quoted, tomlText, versionText } from './literals.ts';
import { fn, int, list, randomAttrs, randomName, string, type Type, written } from './program-types.ts';
import { type Tree, tree } from './tree.ts';

const algorithms = ['md5', 'sha1', 'sha256', 'sha512'];
const formats = ['base16', 'nix32', 'base32', 'base64', 'sri'];

export const moreIntForms: readonly Form[] = [
  form('(builtins.length (builtins.splitVersion #s))'),
  form('(builtins.elemAt [ #i #i #i ] #i)'),
  form('(let go = n: if n <= 0 then #i else n + go (n - 1); in go 5)'),
  form('(let f = { a, b ? a, ... }@all: a + b + builtins.length (builtins.attrNames all); in f { a = #i; c = #*; })'),
  form("(builtins.foldl' (a: b: b - a) #i [ #i #i ])"),
  form('(builtins.stringLength (toString #i))'),
  form('(__sub #i (__mul #i #i))'),
  form('(let __sub = a: b: #i; in 1 - 2)'),
  form('(if (let __lessThan = a: b: true; in 2 < 1) then #i else #i)'),
  form('(builtins.unsafeGetAttrPos "a" { b = #i; a = #*; }).line'),
  form('(builtins.fromTOML "a = 0x1F").a'),
  form('(let inherit (rec { a = #i; b = a; }) b; in b)'),
  form('(rec { a.b = #i; a.c = a.b; }).a.b'),
  form('({ a.b.c = #i; a.b.d = #*; }).a.b.c'),
  form('(rec { x = #i; __overrides = { x = #i; }; }).x'),
];

export const moreStringForms: readonly Form[] = [
  (g) => indentedText(g),
  ...algorithms.map((name) => form(`(builtins.hashString "${name}" #s)`)),
  (g, _, d) => {
    const algorithm = g.random.pick(algorithms);
    const to = g.random.pick(formats);
    const text = g.expression(string, d);
    return tree`(builtins.convertHash { hash = builtins.hashString "${algorithm}" ${text}; hashAlgo = "${algorithm}"; toHashFormat = "${to}"; })`;
  },
  (g) => tree`(builtins.toJSON (builtins.fromTOML ${quoted(tomlText(g.random))}))`,
  (g) => tree`(builtins.toJSON (builtins.splitVersion ${quoted(versionText(g.random))}))`,
  form('(builtins.placeholder #s)'),
  form('(builtins.concatStringsSep #s (builtins.attrNames #*))'),
  form('(builtins.toXML { a = #*; b = { x, y ? 1, ... }: x; c = z: z; d = [ #* ]; })'),
  form('(builtins.toJSON { a = #*; b = [ #* ]; "${#s}" = #i; })'),
  form('(builtins.replaceStrings [ "" ] [ #s ] #s)'),
  form('(builtins.replaceStrings [ #s #s ] [ "-" "+" ] #s)'),
  form('(builtins.substring 1 (-1) #s)'),
  form('(builtins.addErrorContext #s #s)'),
  form('(toString { __toString = self: self.x; x = #s; })'),
  form('(toString { outPath = #s; __toString = _: #s; })'),
  form('(toString [ #* #* ])'),
  form('(toString #*)'),
  form('"${#s}${toString #i}$${#s}"'),
  form('"a${{ outPath = #s; }}b"'),
  form('(baseNameOf (dirOf #s))'),
  form('(toString (/a/b + "/${#s}"))'),
  form('(builtins.toString ./. == toString ./.)'),
  form('(builtins.unsafeDiscardOutputDependency #s)'),
  form('(builtins.appendContext #s { })'),
  form('(builtins.toJSON (builtins.getContext (builtins.toFile "n" #s)))'),
  form('(builtins.toJSON (builtins.getContext "${derivation { name = "n"; system = "s"; builder = #s; }}"))'),
  form(
    '(builtins.unsafeDiscardStringContext (derivation { name = "n"; system = "s"; builder = "b"; outputs = [ "out" "dev" ]; x = #s; }).dev)',
  ),
  form(
    '(builtins.unsafeDiscardStringContext (derivation { name = "n"; system = "s"; builder = "b"; __structuredAttrs = true; x = #*; y = { z = #*; }; }).drvPath)',
  ),
  form(
    '(builtins.unsafeDiscardStringContext (derivation { name = "n"; system = "s"; builder = "b"; outputHash = builtins.hashString "sha256" #s; outputHashAlgo = "sha256"; outputHashMode = "recursive"; }).outPath)',
  ),
  form(
    '(builtins.unsafeDiscardStringContext (derivation { name = "n"; system = "s"; builder = "b"; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; x = #s; }).drvPath)',
  ),
  form('(derivation { name = #s; system = #s; builder = #s; args = [ #s #* ]; }).name'),
  form('(builtins.head (builtins.split #s #s))'),
  form('(builtins.toJSON (builtins.match #s #s))'),
];

export const moreBoolForms: readonly Form[] = [
  form('(#s == toString #s)'),
  form('({ a = #*; b.c = #*; } ? b.c)'),
  form('({ a.b = #*; } ? a.${#s})'),
  form('({ ${#s} = 1; } ? "a")'),
  form('(#* ? a.b.c)'),
  form('([ #i #s ] == [ #i #s ])'),
  form('({ a = #*; b = #*; } == { a = #*; b = #*; })'),
  form('([ #i #i ] < [ #i ])'),
  form('(let x = { a = #*; f = y: y; }; in x == x)'),
  form('((x: x) == (x: x))'),
  form('(let f = x: x; in [ f ] == [ f ])'),
  form('(builtins.lessThan #s #s)'),
  form('(builtins.all (x: x) [ #b #b ])'),
  form('(builtins.elem #* [ #* #* ])'),
  form('(builtins.pathExists (./. + "/${#s}"))'),
  form('(builtins.isPath ./a && #b)'),
  form('(builtins.functionArgs ({ a, b ? #*, ... }: a)).b'),
];

const itemOf = (type: Type): Type => (type.kind === 'list' ? type.item : int);
const attrsOf = (type: Type): Readonly<Record<string, Type>> => (type.kind === 'set' ? type.attrs : {});

export const moreListForms: readonly Form[] = [
  (g, type, d) =>
    tree`(builtins.partition ${g.expression(fn(itemOf(type), { kind: 'bool' }), d)} ${g.expression(type, d)}).wrong`,
  (g, type, d) =>
    tree`(builtins.attrValues (builtins.mapAttrs (_: v: v) ${g.setLiteral({ b: itemOf(type), a: itemOf(type), or: itemOf(type) }, d)}))`,
  (g, type, d) => tree`(builtins.concatMap (x: [ x x ]) ${g.expression(type, d)})`,
  (g, type, d) => tree`(let l = ${g.expression(type, d)}; in l ++ builtins.filter (_: false) l ++ l)`,
  (g, type, d) => tree`(builtins.sort (a: b: builtins.toJSON a < builtins.toJSON b) ${g.expression(type, d)})`,
  (g, type, d) => tree`(builtins.catAttrs "a" (map (a: { inherit a; }) ${g.expression(type, d)}))`,
  (g, type, d) => tree`(with { l = ${g.expression(type, d)}; }; [ (builtins.head l) ] ++ l)`,
  (g, type, d) => tree`(builtins.zipAttrsWith (_: vs: vs) (map (a: { inherit a; }) ${g.expression(type, d)})).a`,
  (g, type, d) => tree`(builtins.groupBy (_: "g") ${g.expression(type, d)}).g or [ ]`,
  (g, type, d) =>
    tree`(map (e: e.v) (builtins.genericClosure { startSet = [ { key = ${g.expression(g.random.pick([int, string]), d)}; v = ${g.expression(itemOf(type), d)}; } ]; operator = e: if builtins.isInt e.key && e.key < 3 && e.key > -3 then [ (e // { key = e.key + 1; }) ] else [ ]; }))`,
];

export const moreSetForms: readonly Form[] = [
  (g, type, d) => withInherits(g, attrsOf(type), d),
  (g, type, d) => tree`(rec { inherit (${g.setLiteral(attrsOf(type), d)}) ${namesOf(type)}; })`,
  (g, type, d) =>
    tree`(let s = ${g.setLiteral(attrsOf(type), d)}; in s // { "z z" = ${g.expression(g.someType(), d)}; inherit (s) ${namesOf(type)}; })`,
  (g, type, d) =>
    tree`(builtins.mapAttrs (n: v: if n == ${JSON.stringify(randomName(g.random))} then v else v) ${g.setLiteral(attrsOf(type), d)})`,
  (g, type, d) =>
    tree`(builtins.foldl' (a: b: a // b) { } [ ${g.setLiteral(randomAttrs(g.random, 0), d)} ${g.setLiteral(attrsOf(type), d)} ])`,
  (g, type, d) =>
    tree`(builtins.listToAttrs (map (name: { inherit name; value = (${g.setLiteral(attrsOf(type), d)}).\${name}; }) [ ${quotedNames(type)} ]))`,
  (g, type, d) =>
    tree`(builtins.intersectAttrs { ${empties(type)} } (${g.setLiteral(attrsOf(type), d)} // { q = ${g.expression(g.someType(), d)}; }))`,
  (g, type, d) =>
    tree`(builtins.removeAttrs (${g.setLiteral(attrsOf(type), d)} // { q = 1; r = 2; }) [ "q" "r" ${g.expression(string, 0)} ])`,
  (g, type, d) => tree`(with ${g.setLiteral(randomAttrs(g.random, 0), d)}; ${g.setLiteral(attrsOf(type), d)})`,
  (g, type, d) => tree`(let x = ${g.setLiteral(attrsOf(type), d)}; y = x // y.z; z = { }; in x // { inherit z; })`,
];

export const moreAnyForms: readonly Form[] = [
  (g, type, d) => tree`(let { body = ${g.expression(type, d)}; })`,
  (g, type, d) => tree`(with { a = ${g.expression(type, d)}; }; with { b = ${g.expression(g.someType(), d)}; }; a)`,
  (g, type, d) => {
    const name = g.fresh();
    const other = g.someType();
    const body = g.within([{ name, type: other }], () => g.expression(type, d));
    return tree`(with ${g.setLiteral({ a: g.someType() }, d)}; let ${name} = ${g.expression(other, d)}; in ${body})`;
  },
  (g, type, d) => {
    const [one, all] = [g.fresh(), g.fresh()];
    const body = g.within([{ name: one, type }], () => g.expression(type, d));
    return tree`((${all}@{ ${one} ? ${all}.x, x, ... }: ${body}) { x = ${g.expression(type, d)}; y = ${g.expression(g.someType(), d)}; })`;
  },
  (g, type, d) =>
    tree`(${g.setLiteral({ a: type }, d)}).\${${g.random.pick(['"a"', '("" + "a")', 'builtins.head [ "a" ]'])}}`,
  (g, type, d) => tree`(${g.expression(g.someType(), d)}.a.b or ${g.expression(type, d)})`,
  (g, type, d) => tree`(builtins.trace ${g.expression(g.someType(), d)} ${g.expression(type, d)})`,
  (g, type, d) =>
    tree`(let f = n: if n == 0 then ${g.expression(type, d)} else f (n - 1); in f ${String(g.random.int(4))})`,
  (g, type, d) => tree`(builtins.elemAt (builtins.attrValues ${g.setLiteral({ a: type, b: g.someType() }, d)}) 0)`,
  (g, type, d) =>
    tree`(if ${g.expression(g.someType(), d)} == ${g.expression(g.someType(), d)} then ${g.expression(type, d)} else ${g.expression(type, d)})`,
  (g, type, d) => tree`(assert ${g.expression({ kind: 'bool' }, d)}; ${g.expression(type, d)})`,
  (g, type, d) =>
    tree`({ __functor = self: x: self.y; y = ${g.expression(type, d)}; } ${g.expression(g.someType(), d)})`,
  (g, type, d) => tree`(builtins.seq (builtins.tryEval ${g.expression(g.someType(), d)}) ${g.expression(type, d)})`,
  (g, type, d) => tree`(builtins.head (map (_: ${g.expression(type, d)}) [ 1 2 ]))`,
  (g, type, d) => tree`(builtins.mapAttrs (_: v: v) ${g.setLiteral({ a: type }, d)}).a`,
  (g, type, d) => tree`(let a = b; b = c; c = ${g.expression(type, d)}; in a)`,
  (g, type, d) => tree`(let inherit (${g.setLiteral({ a: type, b: int }, d)}) a b; in builtins.seq b a)`,
  (g, type, d) => tree`(builtins.foldl' (_: x: x) ${g.expression(type, d)} ${g.expression(list(type), d)})`,
  (g, type, d) =>
    tree`(({ a ? ${g.expression(type, d)}, b ? a }: b) ${g.random.pick(['{ }', '{ a = throw "a"; }', '{ c = 1; }'])})`,
];

function withInherits(g: Generator, attrs: Readonly<Record<string, Type>>, d: number): Tree {
  const names = Object.keys(attrs).filter((name) => /^[a-z]+$/.test(name) && name !== 'or');
  const rest = Object.fromEntries(Object.entries(attrs).filter(([name]) => !names.includes(name)));
  const inherited = names.map((name) => tree`${name} = ${g.expression(attrs[name]!, d)}; `);
  const bound: Tree = { parts: inherited };
  return tree`(let ${bound} in ${g.setLiteral(rest, d)} // { inherit ${names.join(' ')}; })`;
}

const namesOf = (type: Type): string => Object.keys(attrsOf(type)).map(written).join(' ');
const quotedNames = (type: Type): string =>
  Object.keys(attrsOf(type))
    .map((name) => JSON.stringify(name))
    .join(' ');
const empties = (type: Type): string =>
  Object.keys(attrsOf(type))
    .map((name) => `${written(name)} = null;`)
    .join(' ');
