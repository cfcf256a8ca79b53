/** Where generated code meets the runtime: the only file that knows both. */
import { Script } from 'node:vm';
import type { BuiltinDef, ConstantDef } from '../builtins/registry.ts';
import { attrsOf } from '../runtime/attrs.ts';
import { helpers, helperValues, tracedHelpers } from '../runtime/helpers.ts';
import type { Module } from '../runtime/module.ts';
import type { Observer } from '../runtime/observer.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { force } from '../runtime/thunk.ts';
import { tracedBuiltin } from '../runtime/traced.ts';
import { type Attrs, Builtin, type Forced, type Value } from '../runtime/value.ts';
import type { CompileOptions, Global } from './emit.ts';
import { helperNames, observedHelperNames, tracedHelperNames } from './helper-names.ts';

export interface Library {
  readonly builtins: readonly BuiltinDef[];
  readonly constants: readonly ConstantDef[];
}

/** The code of a file for V8, with what V8 compiled of it before, if that is known. */
export function scriptOf(code: string, label: string, cachedData?: Buffer): Script {
  return new Script(code, { filename: `${label}.js`, ...(cachedData === undefined ? {} : { cachedData }) });
}

/** The globals of one evaluation, as values and as what the compiler knows of them. */
export class Linker {
  readonly builtins: Attrs;
  readonly options: CompileOptions;
  readonly #values = new Map<string, Value>();
  readonly #arguments: readonly unknown[];

  constructor(rt: Runtime, library: Library, derivation: Value, traced: boolean, observer?: Observer) {
    const globals = new Map<string, Global>();
    const names = new Map<string, string>();
    const add = (name: string, global: boolean, value: Value, known: Global): void => {
      const variable = global ? name : `__${name}`;
      this.#values.set(variable, value);
      globals.set(variable, known);
      names.set(name, variable);
    };
    const { pure, experimental } = rt.host.settings;
    for (const { name, value, global, impure } of library.constants)
      if (!(impure === true && pure)) add(name, global === true, value(rt), constant(value(rt)));
    for (const def of library.builtins)
      if (def.feature === undefined || experimental.has(def.feature)) {
        const value = traced ? tracedValue(rt, def) : builtinValue(rt, def, observer);
        add(def.name, def.global === true, value, { arity: def.args.length });
      }
    add('derivation', true, derivation, { arity: 0 });
    const set = attrsOf({
      ...Object.fromEntries([...names].map(([name, variable]) => [name, this.#values.get(variable)!])),
      builtins: null,
    });
    (set.values as Value[])[set.names().indexOf('builtins')] = set;
    add('builtins', true, set, { arity: 0 });
    this.builtins = set;
    this.options = { globals, builtins: names };
    this.#arguments = [(name: string) => this.#values.get(name), ...helperArguments(rt, traced, observer)];
  }

  /** Runs the script of a file. `scope` are the values of the extra variables it was compiled with. */
  run(script: Script, module: Module, scope: readonly Value[] = []): Forced {
    const main = script.runInThisContext() as (...args: unknown[]) => Forced;
    return main(module, ...this.#arguments, ...scope);
  }
}

function constant(value: Value): Global {
  return value === null || typeof value === 'boolean' ? { arity: 0, literal: String(value) } : { arity: 0 };
}

function helperArguments(rt: Runtime, traced: boolean, observer?: Observer): unknown[] {
  if (observer !== undefined) {
    const table = { ...observer.watch(helpers(rt)), OBSERVE: observer.call.bind(observer) };
    return helperValues(table, observedHelperNames);
  }
  return traced ? helperValues(tracedHelpers(rt), tracedHelperNames) : helperValues(helpers(rt), helperNames);
}

function tracedValue(rt: Runtime, { name, args, run, quiet }: BuiltinDef): Builtin {
  return new Builtin(
    name,
    args.length,
    tracedBuiltin(name, quiet === true, (all) => force(run(rt, ...all))),
  );
}

/** The function of a builtin takes its arguments one by one: a rest parameter would cost an array a call. */
function builtinValue(rt: Runtime, { name, args, run }: BuiltinDef, observer?: Observer): Builtin {
  if (observer !== undefined) {
    return new Builtin(name, args.length, (...all) => observer.builtin(name, () => force(run(rt, ...all))));
  }
  switch (args.length) {
    case 1:
      return new Builtin(name, 1, (a) => force(run(rt, a!)));
    case 2:
      return new Builtin(name, 2, (a, b) => force(run(rt, a!, b!)));
    default:
      return new Builtin(name, args.length, (...all) => force(run(rt, ...all)));
  }
}
