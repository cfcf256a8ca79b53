/** Ways to an expression of each type. `d` is how deep what is inside may be. */

import { type Form, form } from './form.ts';
import { jsonText, plainText, quoted, regexText, versionText } from './literals.ts';
import { moreBoolForms, moreIntForms, moreListForms, moreSetForms, moreStringForms } from './more-forms.ts';
import {
  bool,
  float,
  fn,
  int,
  list,
  randomAttrs,
  randomName,
  set,
  string,
  type Type,
  written,
} from './program-types.ts';
import { joined, tree } from './tree.ts';

export const intForms: readonly Form[] = [
  ...moreIntForms,
  ...['+', '-', '*', '/'].map((op) => form(`(#i ${op} #i)`)),
  ...['add', 'sub', 'mul', 'div', 'bitAnd', 'bitOr', 'bitXor'].map((name) => form(`(builtins.${name} #i #i)`)),
  form('(-#i)'),
  form('(builtins.stringLength #s)'),
  form('(builtins.compareVersions #s #s)'),
  form('(builtins.floor #f)'),
  (g) => tree`(builtins.compareVersions ${quoted(versionText(g.random))} ${quoted(versionText(g.random))})`,
  form('(builtins.ceil #f)'),
  (g, _, d) => tree`(builtins.length ${g.expression(list(g.someType()), d)})`,
  (g, _, d) => tree`(builtins.length (builtins.attrNames ${g.expression(set({}), d)}))`,
  (g, _, d) => tree`(builtins.foldl' builtins.add 0 ${g.expression(list(int), d)})`,
  (g, _, d) => tree`(builtins.fromJSON (builtins.toJSON ${g.expression(int, d)}))`,
];

export const floatForms: readonly Form[] = [
  ...['+', '-', '*', '/'].map((op) => form(`(#f ${op} #f)`)),
  form('(#f + #i)'),
  form('(#i * #f)'),
  form('(-#f)'),
  (g, _, d) => tree`(builtins.fromJSON (builtins.toJSON ${g.expression(float, d)}))`,
];

export const stringForms: readonly Form[] = [
  ...moreStringForms,
  form('(#s + #s)'),
  form('"x${#s}y${#s}"'),
  form("''\n    one ${#s}\n  two\n  ''"),
  form('(toString #i)'),
  form('(toString #f)'),
  form('(toString #b)'),
  form('(builtins.typeOf #*)'),
  form('(builtins.toJSON #i)'),
  form('(builtins.substring #i #i #s)'),
  form('(builtins.substring 0 2 #s)'),
  form('(builtins.replaceStrings [ "a" #s ] [ #s "b" ] #s)'),
  form('(builtins.hashString "sha256" #s)'),
  form('(baseNameOf #s)'),
  form('(dirOf #s)'),
  form('(builtins.parseDrvName #s).name'),
  form('(builtins.toXML #*)'),
  form('(builtins.toJSON #*)'),
  form('(toString (/. + #s))'),
  form('"${derivation { name = "n"; system = "s"; builder = #s; }}"'),
  // With its context, this path could only go into another derivation of a store that is really written.
  form(
    '(builtins.unsafeDiscardStringContext (derivation { name = "n"; system = "s"; builder = "b"; args = [ #s #i ]; e = #*; }).drvPath)',
  ),
  form('(builtins.toFile "n" #s)'),
  form('(builtins.unsafeDiscardStringContext #s)'),
  form('(builtins.toJSON (builtins.getContext #s))'),
  form('(builtins.concatStringsSep "," (builtins.splitVersion #s))'),
  (g, _, d) => tree`(builtins.toJSON (builtins.match ${quoted(regexText(g.random))} ${g.expression(string, d)}))`,
  (g) => tree`(builtins.toJSON (builtins.match ${quoted(regexText(g.random))} ${quoted(plainText(g.random, 8))}))`,
  (g) => tree`(builtins.toJSON (builtins.split ${quoted(regexText(g.random))} ${quoted(plainText(g.random, 8))}))`,
  (g) => tree`(builtins.toJSON (builtins.fromJSON ${quoted(jsonText(g.random))}))`,
  (g) => tree`(builtins.toJSON (builtins.parseDrvName ${quoted(`n-${versionText(g.random)}`)}))`,
  (g, _, d) => tree`(builtins.concatStringsSep ${g.expression(string, d)} ${g.expression(list(string), d)})`,
  (g, _, d) => tree`(toString ${g.expression(list(g.random.pick([int, string, bool])), d)})`,
  (g, _, d) => tree`(toString { __toString = _: ${g.expression(string, d)}; })`,
  (g, _, d) => tree`"\${{ outPath = ${g.expression(string, d)}; }}"`,
  (g, _, d) => tree`(builtins.toJSON ${g.expression(list(g.random.pick([int, float, string, bool])), d)})`,
];

export const boolForms: readonly Form[] = [
  ...moreBoolForms,
  ...['&&', '||', '->'].map((op) => form(`(#b ${op} #b)`)),
  ...['<', '<=', '>', '>='].flatMap((op) => [form(`(#i ${op} #i)`), form(`(#s ${op} #s)`), form(`(#f ${op} #i)`)]),
  form('(!#b)'),
  form('(builtins.hasContext #s)'),
  ...['==', '!='].map(
    (op): Form =>
      (g, _, d) => {
        const type = g.someType();
        return tree`(${g.expression(type, d)} ${op} ${g.expression(type, d)})`;
      },
  ),
  form('(#* == #*)'),
  ...['Int', 'Float', 'String', 'Bool', 'Null', 'List', 'Attrs', 'Function', 'Path'].map((name) =>
    form(`(builtins.is${name} #*)`),
  ),
  (g, _, d) => tree`(${g.expression(set(randomAttrs(g.random, 0)), d)} ? ${written(randomName(g.random))})`,
  (g, _, d) => tree`(builtins.hasAttr ${JSON.stringify(randomName(g.random))} ${g.expression(set({}), d)})`,
  (g, _, d) => {
    const item = g.someType();
    return tree`(builtins.elem ${g.expression(item, d)} ${g.expression(list(item), d)})`;
  },
  ...['all', 'any'].map(
    (name): Form =>
      (g, _, d) => {
        const item = g.someType();
        return tree`(builtins.${name} ${g.expression(fn(item, bool), d)} ${g.expression(list(item), d)})`;
      },
  ),
  (g, _, d) => tree`(${g.expression(list(int), d)} < ${g.expression(list(int), d)})`,
  form('(builtins.tryEval #*).success'),
  form('((builtins.match "[a-z]*(.*)" #s) != null)'),
];

const itemOf = (type: Type): Type => (type.kind === 'list' ? type.item : int);
const attrsOf = (type: Type): Readonly<Record<string, Type>> => (type.kind === 'set' ? type.attrs : {});

export const listForms: readonly Form[] = [
  ...moreListForms,
  (g, type, d) =>
    tree`[ ${joined(
      g.several(4, () => g.expression(itemOf(type), d)),
      ' ',
    )} ]`,
  (g, type, d) => tree`(${g.expression(type, d)} ++ ${g.expression(type, d)})`,
  (g, type, d) => {
    const from = g.someType();
    return tree`(map ${g.expression(fn(from, itemOf(type)), d)} ${g.expression(list(from), d)})`;
  },
  (g, type, d) => tree`(builtins.filter ${g.expression(fn(itemOf(type), bool), d)} ${g.expression(type, d)})`,
  (g, type, d) => tree`(builtins.genList ${g.expression(fn(int, itemOf(type)), d)} ${g.random.pick(['0', '1', '3'])})`,
  (g, type, d) => tree`(builtins.concatLists ${g.expression(list(type), d)})`,
  (g, type, d) => {
    const from = g.someType();
    return tree`(builtins.concatMap ${g.expression(fn(from, type), d)} ${g.expression(list(from), d)})`;
  },
  (g, type, d) => tree`(builtins.tail ([ ${g.expression(itemOf(type), d)} ] ++ ${g.expression(type, d)}))`,
  (g, type, d) => tree`(builtins.attrValues ${g.setLiteral({ a: itemOf(type), b: itemOf(type) }, d)})`,
  (g, type, d) => tree`(builtins.catAttrs "a" [ ${g.setLiteral({ a: itemOf(type) }, d)} { } ])`,
  (g, type, d) => tree`(builtins.partition ${g.expression(fn(itemOf(type), bool), d)} ${g.expression(type, d)}).right`,
  (g, type, d) => tree`(builtins.sort (_: _: false) ${g.expression(type, d)})`,
  (g, type, d) => {
    const [one, two, item] = [g.fresh(), g.fresh(), itemOf(type)];
    const body = g.within(
      [
        { name: one, type: item },
        { name: two, type: item },
      ],
      () => g.expression(bool, d),
    );
    return tree`(builtins.sort (${one}: ${two}: ${body}) ${g.expression(type, d)})`;
  },
  (g, type, d) =>
    itemOf(type).kind === 'int'
      ? tree`(builtins.sort builtins.lessThan (builtins.genList (n: builtins.bitXor n ${String(g.random.int(64))}) ${String(g.random.int(60))}))`
      : g.expression(type, d),
  (g, type, d) =>
    itemOf(type).kind === 'string'
      ? tree`(builtins.attrNames ${g.expression(set({}), d)})`
      : tree`(builtins.sort builtins.lessThan ${g.expression(type, d)})`,
  (g, type, d) =>
    itemOf(type).kind === 'string'
      ? tree`(builtins.filter builtins.isString (builtins.split "[ab]" ${g.expression(string, d)}))`
      : tree`(map (e: e.key) (builtins.genericClosure { startSet = map (key: { inherit key; }) ${g.expression(type, d)}; operator = _: [ ]; }))`,
];

export const setForms: readonly Form[] = [
  ...moreSetForms,
  (g, type, d) => g.setLiteral({ ...randomAttrs(g.random, 1), ...attrsOf(type) }, d),
  (g, type, d) => tree`(${g.expression(set({}), d)} // ${g.setLiteral(attrsOf(type), d)})`,
  (g, type, d) => tree`(${g.setLiteral(attrsOf(type), d)} // ${g.setLiteral({ z: g.someType() }, d)})`,
  (g, type, d) => {
    const [name, attrs] = [g.fresh(), attrsOf(type)];
    const inner = g.within([{ name, type: string }], () => g.setLiteral(attrs, d));
    return tree`(let s = ${inner}; ${name} = ${g.expression(string, d)}; in s // { "\${${name}}" = s; } // s)`;
  },
  (g, type, d) => {
    const attrs = Object.entries(attrsOf(type)).map(
      ([name, one]) => tree`${written(name)} = ${g.expression(one, d)}; `,
    );
    return tree`({ p.q.r = ${g.expression(int, d)}; p.q.t = ${g.expression(string, d)}; ${joined(attrs, '')}})`;
  },
  (g, type, d) => tree`(rec ${g.setLiteral(attrsOf(type), d)})`,
  (g, type, d) => tree`(builtins.removeAttrs ${g.setLiteral({ ...attrsOf(type), q: int }, d)} [ "q" ])`,
  (g, type, d) => tree`(builtins.mapAttrs (_: v: v) ${g.setLiteral(attrsOf(type), d)})`,
  (g, type, d) => tree`(builtins.intersectAttrs ${g.setLiteral(attrsOf(type), 0)} ${g.setLiteral(attrsOf(type), d)})`,
  (g, type, d) => tree`(builtins.zipAttrsWith (_: vs: builtins.head vs) [ ${g.setLiteral(attrsOf(type), d)} ])`,
  (g, type, d) =>
    tree`(builtins.listToAttrs [ ${joined(
      Object.entries(attrsOf(type)).map(
        ([name, one]) => tree`{ name = ${JSON.stringify(name)}; value = ${g.expression(one, d)}; }`,
      ),
      ' ',
    )} ])`,
  (g, type, d) => tree`(let inherit (${g.setLiteral({ i: type }, d)}) i; in i)`,
  (g, type, d) =>
    Object.keys(attrsOf(type)).length > 0
      ? g.setLiteral(attrsOf(type), d)
      : tree`(builtins.groupBy (_: ${g.expression(string, d)}) ${g.expression(list(g.someType()), d)})`,
  (g, type, d) =>
    Object.keys(attrsOf(type)).length > 0
      ? g.setLiteral(attrsOf(type), d)
      : tree`(builtins.functionArgs ({ a, b ? ${g.expression(int, d)}, ... }: a))`,
];

const fromOf = (type: Type): Type => (type.kind === 'function' ? type.from : int);
const toOf = (type: Type): Type => (type.kind === 'function' ? type.to : int);

export const functionForms: readonly Form[] = [
  (g, type, d) => g.lambda(fromOf(type), toOf(type), d),
  (g, type, d) => {
    const name = g.fresh();
    const other = g.someType();
    const body = g.within([{ name, type: other }], () => g.lambda(fromOf(type), toOf(type), d));
    return tree`((${name}: ${body}) ${g.expression(other, d)})`;
  },
  (g, type, d) => tree`{ __functor = _: ${g.lambda(fromOf(type), toOf(type), d)}; }`,
  (g, type, d) => tree`(builtins.seq ${g.expression(g.someType(), d)} ${g.lambda(fromOf(type), toOf(type), d)})`,
];
