/** The derivations in a value: the value itself, or those in the sets and lists that it consists of. */
import type { StorePath } from '../formats/index.ts';
import { parseStorePath } from '../formats/index.ts';
import { type Arguments, autoCall } from './auto-call.ts';
import { addTrace, EvalError } from './errors.ts';
import { coerceToString } from './runtime/coerce.ts';
import { forceBool, forceString, isDerivation, textOf } from './runtime/expect.ts';
import type { Runtime } from './runtime/runtime.ts';
import { overflow, stack } from './runtime/stack.ts';
import { force } from './runtime/thunk.ts';
import { Attrs, type Forced, type Value } from './runtime/value.ts';

export interface FoundDerivation {
  /** Empty where the value itself is the derivation. */
  readonly attrPath: string;
  readonly drvPath: StorePath;
  readonly outputName: string;
}

/** In the order of the names. A set is looked into when it is the value itself or asks for it. */
export function derivationsIn(rt: Runtime, value: Value, args: Arguments): FoundDerivation[] {
  const search = new Search(args);
  search.look(value, '');
  return search.found.map(({ set, attrPath }) => describe(rt, set, attrPath));
}

class Search {
  readonly found: { readonly set: Attrs; readonly attrPath: string }[] = [];
  readonly #done = new Set<Attrs>();
  readonly #args: Arguments;

  constructor(args: Arguments) {
    this.#args = args;
  }

  look(value: Value, path: string): void {
    if (stack.depth > stack.limit) overflow();
    stack.depth++;
    const found = autoCall(value, this.#args);
    if (this.#isOther(found, path)) {
      if (found instanceof Attrs) this.#inSet(found, path);
      else if (Array.isArray(found)) this.#inList(found, path);
      else throw new EvalError('type', 'expression does not evaluate to a derivation (or a set or list of those)');
    }
    stack.depth--;
  }

  /** Notes a derivation; true for anything else, which may hold some. */
  #isOther(value: Value, path: string): boolean {
    const found = force(value);
    if (!isDerivation(found)) return true;
    if (this.#done.has(found)) return false;
    this.#done.add(found);
    const name = found.get('name');
    if (name === undefined) throw new EvalError('type', 'derivation name missing');
    forceString(name, "while evaluating the 'name' attribute of a derivation");
    this.found.push({ set: found, attrPath: path });
    return false;
  }

  #inSet(set: Attrs, path: string): void {
    const channels = set.has('_combineChannels');
    set.names().forEach((name, at) => {
      if (!/^[A-Za-z_][A-Za-z0-9_+-]*$/.test(name)) return;
      try {
        this.#inAttribute(set.valueAt(at), join(path, name), channels);
      } catch (error) {
        throw addTrace(error, `while evaluating the attribute '${name}'`, set.positionAt(at));
      }
    });
  }

  #inAttribute(value: Value, path: string, always: boolean): void {
    if (always) this.look(value, path);
    else if (this.#isOther(value, path)) this.#recurse(force(value), path);
  }

  #recurse(found: Forced, path: string): void {
    const recurse = found instanceof Attrs ? found.get('recurseForDerivations') : undefined;
    const what = 'while evaluating the attribute `recurseForDerivations`';
    if (recurse !== undefined && forceBool(recurse, what)) this.look(found, path);
  }

  #inList(list: readonly Value[], path: string): void {
    list.forEach((value, i) => {
      const at = join(path, String(i));
      if (this.#isOther(value, at)) this.look(value, at);
    });
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function describe(rt: Runtime, set: Attrs, attrPath: string): FoundDerivation {
  const drvPath = set.get('drvPath');
  if (drvPath === undefined) throw new EvalError('other', "derivation does not contain a 'drvPath' attribute");
  const what = "while evaluating the 'drvPath' attribute of a derivation";
  const text = textOf(coerceToString(rt, drvPath, { coerceMore: false, copyToStore: false, what }));
  const outputName = set.get('outputName');
  return {
    attrPath,
    drvPath: storePath(rt, text, what),
    outputName:
      outputName === undefined ? '' : forceString(outputName, 'while evaluating the output name of a derivation'),
  };
}

function storePath(rt: Runtime, text: string, what: string): StorePath {
  try {
    return parseStorePath(rt.host.settings.storeDir, text);
  } catch {
    throw addTrace(new EvalError('other', `path '${text}' is not in the Nix store`), what);
  }
}
