/** Files and trees that go into the store during evaluation. */
import type { Hash, StorePath } from '../../formats/index.ts';
import { addTrace, EvalError } from '../errors.ts';
import type { FileKind } from '../host.ts';
import { apply2 } from '../runtime/call.ts';
import { canonicalPath, coerceToPath } from '../runtime/coerce.ts';
import { Context, joinContexts } from '../runtime/context.ts';
import {
  contextOf,
  forceAttrs,
  forceBool,
  forceFunction,
  forceString,
  forceStringCtx,
  makeString,
  textOf,
} from '../runtime/expect.ts';
import { showName } from '../runtime/print.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Attrs, Forced, Value } from '../runtime/value.ts';
import { forceBoolAt, forceFunctionAt, forceStringAt } from './arguments.ts';
import { guard, guarded } from './guard.ts';
import { hashAllowEmpty } from './hashing.ts';
import { baseName } from './paths.ts';
import { realiseContext, rewrite } from './realise.ts';
import type { BuiltinDef } from './registry.ts';

interface Addition {
  readonly path: string;
  readonly context: Context | undefined;
  readonly name: string;
  readonly recursive: boolean;
  readonly filter?: Forced | undefined;
  readonly expected?: Hash | undefined;
}

function addPath(rt: Runtime, addition: Addition): Value {
  const { name, recursive, filter, expected } = addition;
  try {
    const { path, references } = origin(rt, addition);
    const added = rt.host.addSource({
      path: rt.host.realPath(path),
      name,
      ingestion: recursive ? 'nar' : 'flat',
      filter: filter === undefined ? undefined : (entry, kind) => callFilter(filter, entry, kind),
      expected,
      references,
    });
    return makeString(added, Context.of(added));
  } catch (error) {
    throw addTrace(error, `while adding path '${addition.path}'`);
  }
}

/** Where the bytes are, and, for what lies in the store, what that refers to: the copy does as well. */
function origin(rt: Runtime, { path, context }: Addition): { path: string; references: readonly StorePath[] } {
  if (context === undefined || rt.host.storePathOf(path) === undefined) return { path, references: [] };
  const built = canonicalPath(rewrite(path, realiseContext(rt, context)));
  const storePath = rt.host.storePathOf(built);
  return { path: built, references: storePath === undefined ? [] : rt.host.references(storePath) };
}

function callFilter(filter: Forced, path: string, kind: FileKind): boolean {
  const what = 'while evaluating the return value of the path filter function';
  return forceBool(apply2(filter, path, kind), what);
}

function filterSource(rt: Runtime, filter: Value, value: Value): Value {
  const what = "while evaluating the second argument (the path to filter) passed to 'builtins.filterSource'";
  const { path, context } = coerceToPath(rt, value, what);
  const fn = forceFunction(filter, 'while evaluating the first argument passed to builtins.filterSource');
  return guard(() => addPath(rt, { path, context, name: baseName(path), recursive: true, filter: fn }));
}

class PathArguments {
  path: string | undefined;
  context: Context | undefined;
  name = '';
  recursive = true;
  filter: Forced | undefined;
  expected: Hash | undefined;

  take(rt: Runtime, set: Attrs, name: string, value: Value): void {
    switch (name) {
      case 'path': {
        const { path, context } = coerceToPath(
          rt,
          value,
          "while evaluating the 'path' attribute passed to 'builtins.path'",
        );
        this.path = path;
        this.context = joinContexts(this.context, context);
        break;
      }
      case 'name':
        this.name = forceStringAt(value, passed('`name` attribute'), set, name);
        break;
      case 'filter':
        this.filter = forceFunctionAt(value, passed('`filter` parameter'), set, name);
        break;
      case 'recursive':
        this.recursive = forceBoolAt(value, passed('`recursive` attribute'), set, name);
        break;
      case 'sha256':
        this.expected = hashAllowEmpty(rt, forceStringAt(value, passed('`sha256` attribute'), set, name), 'sha256');
        break;
      default:
        throw new EvalError('other', `unsupported argument '${showName(name)}' to 'builtins.path'`, {
          pos: set.positionOf(name),
        });
    }
  }
}

const passed = (what: string): string => `while evaluating the ${what} passed to builtins.path`;

function path(rt: Runtime, argument: Value): Value {
  const set = forceAttrs(argument, "while evaluating the argument passed to 'builtins.path'");
  const args = new PathArguments();
  set.names().forEach((name, at) => {
    args.take(rt, set, name, set.valueAt(at));
  });
  if (args.path === undefined) {
    throw new EvalError('other', "missing required 'path' attribute in the first argument to 'builtins.path'");
  }
  return addPath(rt, { ...args, path: args.path, name: args.name || baseName(args.path) });
}

function toFile(rt: Runtime, name: Value, content: Value): Value {
  const fileName = forceString(name, 'while evaluating the first argument passed to builtins.toFile');
  const found = forceStringCtx(content, 'while evaluating the second argument passed to builtins.toFile');
  const references: StorePath[] = [];
  for (const encoded of contextOf(found)?.sorted() ?? []) {
    if (!encoded.startsWith('/')) {
      const what = `files created by builtins.toFile may not reference derivations, but ${fileName}`;
      const shown = encoded.replace(`${rt.host.settings.storeDir}/`, '');
      throw new EvalError('other', `${what} references ${shown}`);
    }
    references.push(encoded as StorePath);
  }
  const added = rt.host.addText(fileName, textOf(found), references);
  return makeString(added, Context.of(added));
}

export const sourceBuiltins: readonly BuiltinDef[] = [
  {
    name: 'path',
    args: ['args'],
    doc: 'Adds `path` to the store: under `name`, only what `filter` lets through, as one file if not `recursive`, checked against `sha256`.',
    run: guarded(path),
  },
  {
    name: 'filterSource',
    args: ['e1', 'e2'],
    doc: 'Adds the tree *e2* to the store, with what the function *e1* of path and kind lets through.',
    run: guarded(filterSource),
  },
  {
    name: 'toFile',
    args: ['name', 's'],
    doc: 'A file in the store with the name *name* and the content *s*, which may refer to sources but not to derivations.',
    run: guarded(toFile),
  },
];
