/**
 * Random programs: well scoped, nearly always well typed, and total, as nothing calls itself. Now and then one holds a
 * `throw`, a value of a wrong type, or a definition that needs itself.
 */

import type { Form } from './form.ts';
import { boolForms, floatForms, functionForms, intForms, listForms, setForms, stringForms } from './forms.ts';
import { floatLiteral, intLiteral, stringLiteral } from './literals.ts';
import { moreAnyForms } from './more-forms.ts';
import { fits, int, list, randomAttrs, randomType, set, type Type, written } from './program-types.ts';
import type { Random } from './random.ts';
import { joined, type Tree, tree } from './tree.ts';

interface Variable {
  readonly name: string;
  readonly type: Type;
}

export class Generator {
  readonly random: Random;
  /** What can be named where the next expression stands. */
  #scope: Variable[] = [];
  #names = 0;

  constructor(random: Random) {
    this.random = random;
  }

  program(): Tree {
    this.#scope = [];
    this.#names = 0;
    return this.expression(randomType(this.random, 2), 5);
  }

  /** An expression in parentheses, where it needs any. */
  expression(type: Type, depth: number): Tree {
    const { random } = this;
    if (random.chance(0.01)) return this.#wrong(depth);
    if (depth <= 0 || random.chance(0.15)) return this.#variable(type) ?? this.#literal(type, depth);
    const forms = random.chance(0.45) ? anyForms : formsOf(type);
    return random.pick(forms)(this, type, depth - 1);
  }

  /** Something that fails, or makes what uses it fail. */
  #wrong(depth: number): Tree {
    const { random } = this;
    const name = this.fresh();
    return random.pick([
      () => tree`(throw "thrown ${String(random.int(9))}")`,
      () => tree`(abort "aborted")`,
      () => tree`(let ${name} = ${name}; in ${name})`,
      () => tree`(assert false; 1)`,
      () => this.expression(randomType(random, 1), depth - 1),
    ])();
  }

  #variable(type: Type): Tree | undefined {
    const known = this.#scope.filter((variable) => fits(variable.type, type));
    return known.length === 0 ? undefined : { parts: [this.random.pick(known).name] };
  }

  #literal(type: Type, depth: number): Tree {
    const { random } = this;
    switch (type.kind) {
      case 'int':
        return { parts: [intLiteral(random)] };
      case 'float':
        return { parts: [floatLiteral(random)] };
      case 'string':
        return { parts: [stringLiteral(random)] };
      case 'bool':
        return { parts: [random.pick(['true', 'false'])] };
      case 'null':
        return { parts: ['null'] };
      case 'list':
        return tree`[ ${joined(
          this.several(3, () => this.expression(type.item, depth - 1)),
          ' ',
        )} ]`;
      case 'set':
        return this.setLiteral(type.attrs, depth);
      case 'function':
        return this.lambda(type.from, type.to, depth);
    }
  }

  setLiteral(attrs: Readonly<Record<string, Type>>, depth: number): Tree {
    const bindings = Object.entries(attrs).map(
      ([name, type]) => tree`${this.#attrPath(name)} = ${this.expression(type, depth - 1)}; `,
    );
    return tree`{ ${joined(bindings, '')}}`;
  }

  /** A name as it stands before `=`. */
  #attrPath(name: string): string {
    return this.random.chance(0.1) ? `\${${JSON.stringify(name)} + ""}` : written(name);
  }

  lambda(from: Type, to: Type, depth: number): Tree {
    const name = this.fresh();
    return tree`(${name}: ${this.within([{ name, type: from }], () => this.expression(to, depth - 1))})`;
  }

  /** Up to `most` of something. */
  several(most: number, make: () => Tree): Tree[] {
    return this.random.times(this.random.int(most + 1), make);
  }

  fresh(): string {
    return `v${this.#names++}`;
  }

  /** What is made while more variables are in scope. */
  within(variables: readonly Variable[], make: () => Tree): Tree {
    const outer = this.#scope;
    this.#scope = [...outer, ...variables];
    try {
      return make();
    } finally {
      this.#scope = outer;
    }
  }

  someType(): Type {
    return randomType(this.random, 1);
  }
}

function formsOf(type: Type): readonly Form[] {
  switch (type.kind) {
    case 'int':
      return intForms;
    case 'float':
      return floatForms;
    case 'string':
      return stringForms;
    case 'bool':
      return boolForms;
    case 'null':
      return anyForms;
    case 'list':
      return listForms;
    case 'set':
      return setForms;
    case 'function':
      return functionForms;
  }
}

/** Ways to any type. */
const anyForms: readonly Form[] = [
  ...moreAnyForms,
  (g, type, d) =>
    tree`(if ${g.expression({ kind: 'bool' }, d)} then ${g.expression(type, d)} else ${g.expression(type, d)})`,
  (g, type, d) => {
    const name = g.fresh();
    const bound = g.someType();
    return tree`(let ${name} = ${g.expression(bound, d)}; in ${g.within([{ name, type: bound }], () => g.expression(type, d))})`;
  },
  // Two definitions, the first of which may use the second.
  (g, type, d) => {
    const [first, second, kind] = [g.fresh(), g.fresh(), g.someType()];
    const inner = g.within([{ name: second, type: kind }], () => g.expression(type, d));
    return tree`(let ${first} = ${inner}; ${second} = ${g.expression(kind, d)}; in ${first})`;
  },
  (g, type, d) => tree`(assert ${g.expression({ kind: 'bool' }, 1)} || true; ${g.expression(type, d)})`,
  (g, type, d) => tree`${g.setLiteral({ ...randomAttrs(g.random, 0), a: type }, d)}.a`,
  (g, type, d) => tree`(${g.expression(set({ b: type }), d)}.b or ${g.expression(type, d)})`,
  (g, type, d) => tree`({ }.c or ${g.expression(type, d)})`,
  (g, type, d) => {
    const from = g.someType();
    return tree`(${g.expression({ kind: 'function', from, to: type }, d)} ${g.expression(from, d)})`;
  },
  (g, type, d) => {
    const [one, two, kind] = [g.fresh(), g.fresh(), g.someType()];
    const body = g.within(
      [
        { name: one, type: kind },
        { name: two, type },
      ],
      () => g.expression(type, d),
    );
    return tree`(({ ${one}, ${two} ? ${g.expression(type, d)}, ... }: ${body}) { ${one} = ${g.expression(kind, d)}; })`;
  },
  (g, type, d) => {
    const name = g.fresh();
    const kind = g.someType();
    const body = g.within([{ name, type: kind }], () => g.expression(type, d));
    return tree`(with { ${name} = ${g.expression(kind, d)}; }; ${body})`;
  },
  (g, type, d) => {
    const name = g.fresh();
    const kind = g.someType();
    const body = g.within([{ name, type: kind }], () => g.expression(type, d));
    return tree`(rec { ${name} = ${g.expression(kind, d)}; r = ${body}; }).r`;
  },
  (g, type, d) => tree`(builtins.head [ ${g.expression(type, d)} ${g.expression(g.someType(), d)} ])`,
  (g, type, d) => tree`(builtins.elemAt ${g.expression(list(type), d)} ${g.random.pick(['0', '1'])})`,
  (g, type, d) => tree`(builtins.tryEval ${g.expression(type, d)}).value`,
  (g, type, d) => tree`(builtins.seq ${g.expression(g.someType(), d)} ${g.expression(type, d)})`,
  (g, type, d) => tree`(builtins.deepSeq ${g.expression(g.someType(), d)} ${g.expression(type, d)})`,
  (g, type, d) => tree`(builtins.getAttr "a" ${g.setLiteral({ a: type }, d)})`,
  (g, type, d) => {
    const kind = g.someType();
    const [acc, item] = [g.fresh(), g.fresh()];
    const body = g.within(
      [
        { name: acc, type },
        { name: item, type: kind },
      ],
      () => g.expression(type, d - 1),
    );
    return tree`(builtins.foldl' (${acc}: ${item}: ${body}) ${g.expression(type, d)} ${g.expression(list(kind), d)})`;
  },
  (g, type, d) => tree`({ __functor = _: _: ${g.expression(type, d)}; } ${g.expression(int, d)})`,
  (g, type, d) => tree`(builtins.addErrorContext "context" ${g.expression(type, d)})`,
];
