/** String contexts as values: looking at them, taking them away and putting them on. */
import { isStorePath } from '../../formats/index.ts';
import { EvalError } from '../errors.ts';
import { AttrsBuilder } from '../runtime/attrs.ts';
import { coerceToString } from '../runtime/coerce.ts';
import { Context, type ContextElement, formatElement } from '../runtime/context.ts';
import {
  contextOf,
  forceAttrs,
  forceList,
  forceString,
  forceStringCtx,
  makeString,
  textOf,
} from '../runtime/expect.ts';
import { showName } from '../runtime/print.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type Attrs, emptyAttrs, Str, type Value } from '../runtime/value.ts';
import { forceBoolAt } from './arguments.ts';
import { guarded } from './guard.ts';
import type { BuiltinDef } from './registry.ts';

function coerced(rt: Runtime, value: Value, name: string): string | Str {
  const what = `while evaluating the argument passed to builtins.${name}`;
  return coerceToString(rt, value, { coerceMore: false, copyToStore: true, what });
}

/** Derivations with all that they need become the plain paths of their files. */
function discardOutputDependency(rt: Runtime, value: Value): Value {
  const found = coerced(rt, value, 'unsafeDiscardOutputDependency');
  if (typeof found === 'string') return found;
  const elements = found.context
    .parsed()
    .map((element) => (element.kind === 'drv-deep' ? element.drvPath : formatElement(element)));
  return makeString(found.text, Context.from(elements));
}

function addDrvOutputDependencies(rt: Runtime, value: Value): Value {
  const found = coerced(rt, value, 'addDrvOutputDependencies');
  const elements = contextOf(found)?.parsed() ?? [];
  if (elements.length !== 1) {
    const text = `context of string '${textOf(found)}' must have exactly one element, but has ${elements.length}`;
    throw new EvalError('other', text);
  }
  return makeString(textOf(found), Context.of(`=${derivationOf(elements[0]!)}`));
}

function derivationOf(element: ContextElement): string {
  if (element.kind === 'drv-deep') return element.drvPath;
  if (element.kind === 'opaque') {
    if (element.path.endsWith('.drv')) return element.path;
    throw new EvalError('other', `path '${element.path}' is not a derivation`);
  }
  const what = `a derivation output such as '${element.output}'`;
  throw new EvalError('other', `\`addDrvOutputDependencies\` can only act on derivations, not on ${what}`);
}

interface ContextInfo {
  path: boolean;
  allOutputs: boolean;
  readonly outputs: string[];
}

/** By store path: `{ path }`, `{ allOutputs }` and `{ outputs }`, those that there are. */
function getContext(value: Value): Value {
  const found = forceStringCtx(value, 'while evaluating the argument passed to builtins.getContext');
  if (typeof found === 'string') return emptyAttrs;
  const infos = new Map<string, ContextInfo>();
  for (const element of found.context.parsed()) {
    const path = element.kind === 'opaque' ? element.path : element.drvPath;
    let info = infos.get(path);
    if (info === undefined) {
      info = { path: false, allOutputs: false, outputs: [] };
      infos.set(path, info);
    }
    if (element.kind === 'opaque') info.path = true;
    else if (element.kind === 'drv-deep') info.allOutputs = true;
    else info.outputs.push(element.output);
  }
  const builder = new AttrsBuilder();
  for (const [path, info] of infos) builder.set(path, describe(info));
  return builder.build();
}

function describe({ path, allOutputs, outputs }: ContextInfo): Attrs {
  const builder = new AttrsBuilder();
  if (path) builder.set('path', true);
  if (allOutputs) builder.set('allOutputs', true);
  if (outputs.length > 0) builder.set('outputs', outputs);
  return builder.build();
}

function appendContext(rt: Runtime, value: Value, added: Value): Value {
  const found = forceStringCtx(value, 'while evaluating the first argument passed to builtins.appendContext');
  const infos = forceAttrs(added, 'while evaluating the second argument passed to builtins.appendContext');
  const elements = new Set(contextOf(found)?.elements() ?? []);
  infos.names().forEach((path, at) => {
    const pos = infos.positionAt(at);
    if (!isStorePath(rt.host.settings.storeDir, path)) {
      throw new EvalError('other', `context key '${showName(path)}' is not a store path`, { pos });
    }
    rt.host.ensurePath(path);
    const info = forceAttrs(infos.valueAt(at), 'while evaluating the value of a string context');
    for (const element of elementsOf(path, info, pos)) elements.add(formatElement(element));
  });
  return makeString(textOf(found), Context.from(elements));
}

function elementsOf(path: string, info: Attrs, pos: number): ContextElement[] {
  const elements: ContextElement[] = [];
  const has = (name: 'path' | 'allOutputs'): boolean => {
    const flag = info.get(name);
    const what = `while evaluating the \`${name}\` attribute of a string context`;
    return flag !== undefined && forceBoolAt(flag, what, info, name);
  };
  if (has('path')) elements.push({ kind: 'opaque', path });
  if (has('allOutputs')) {
    if (!path.endsWith('.drv')) throw notADerivation('all-outputs', path, pos);
    elements.push({ kind: 'drv-deep', drvPath: path });
  }
  const outputs = info.get('outputs');
  if (outputs === undefined) return elements;
  const names = forceList(outputs, 'while evaluating the `outputs` attribute of a string context');
  if (names.length > 0 && !path.endsWith('.drv')) throw notADerivation('derivation output', path, pos);
  for (const name of names) {
    const output = forceString(name, 'while evaluating an output name within a string context');
    elements.push({ kind: 'built', drvPath: path, output });
  }
  return elements;
}

function notADerivation(what: string, path: string, pos: number): EvalError {
  return new EvalError(
    'other',
    `tried to add ${what} context of ${showName(path)}, which is not a derivation, to a string`,
    {
      pos,
    },
  );
}

export const contextBuiltins: readonly BuiltinDef[] = [
  {
    name: 'hasContext',
    args: ['s'],
    doc: 'Whether the string *s* refers to store paths.',
    run: (_rt, value) =>
      forceStringCtx(value, 'while evaluating the argument passed to builtins.hasContext') instanceof Str,
  },
  {
    name: 'getContext',
    args: ['s'],
    doc: 'The store paths that *s* refers to, each with how: `{ path, allOutputs, outputs }`.',
    run: (_rt, value) => getContext(value),
  },
  {
    name: 'appendContext',
    args: ['s', 'context'],
    doc: 'The string *s*, referring to the store paths of *context* (as `getContext` gives it) as well.',
    run: guarded(appendContext),
  },
  {
    name: 'unsafeDiscardStringContext',
    args: ['s'],
    doc: 'The text of *s* alone: what it refers to is no dependency any more.',
    run: (rt, value) => textOf(coerced(rt, value, 'unsafeDiscardStringContext')),
  },
  {
    name: 'unsafeDiscardOutputDependency',
    args: ['s'],
    doc: '*s*, where derivations that it refers to with all their outputs are the mere `.drv` files.',
    run: discardOutputDependency,
  },
  {
    name: 'addDrvOutputDependencies',
    args: ['s'],
    doc: '*s*, where the one `.drv` file that it refers to stands for the derivation with all its outputs.',
    run: addDrvOutputDependencies,
  },
];
