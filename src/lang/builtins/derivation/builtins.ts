/** The builtins that make derivations and speak of their outputs. */
import { hashPlaceholder, type StorePath } from '../../../formats/index.ts';
import { EvalError } from '../../errors.ts';
import { coerceToString } from '../../runtime/coerce.ts';
import { type ContextElement, parseElement } from '../../runtime/context.ts';
import { contextOf, forceString, textOf } from '../../runtime/expect.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Value } from '../../runtime/value.ts';
import { guarded } from '../guard.ts';
import type { BuiltinDef } from '../registry.ts';
import { outputString } from './output-string.ts';
import { derivationStrict } from './strict.ts';

/** The derivation that a string stands for: its path, and nothing else, is the string's context. */
function derivationPathOf(rt: Runtime, value: Value): StorePath {
  const what = 'while evaluating the first argument to builtins.outputOf';
  const found = coerceToString(rt, value, { coerceMore: false, copyToStore: true, what });
  const text = textOf(found);
  const elements: ContextElement[] = (contextOf(found)?.sorted() ?? []).map(parseElement);
  const [element] = elements;
  if (elements.length !== 1 || element === undefined) {
    const count = `has ${elements.length} entries in its context. It should only have exactly one entry`;
    throw new EvalError('other', `string '${text}' ${count}`);
  }
  if (element.kind === 'drv-deep') {
    const what = 'has a context which refers to a complete source and binary closure';
    throw new EvalError('other', `string '${text}' ${what}. This is not supported at this time`);
  }
  if (element.kind === 'built')
    throw new EvalError('other', 'outputs of derivations that are outputs are not supported');
  if (element.path !== text) {
    throw new EvalError('other', `path string '${text}' has context with the different path '${element.path}'`);
  }
  return element.path as StorePath;
}

function outputOf(rt: Runtime, drv: Value, output: Value): Value {
  const drvPath = derivationPathOf(rt, drv);
  const name = forceString(output, 'while evaluating the second argument to builtins.outputOf');
  const derivation = rt.host.readDerivation(drvPath);
  if (!derivation.outputs.has(name)) {
    throw new EvalError('other', `derivation '${drvPath}' does not have output '${name}'`);
  }
  return outputString(rt, drvPath, derivation, name);
}

export const derivationBuiltins: readonly BuiltinDef[] = [
  {
    name: 'derivationStrict',
    global: true,
    args: ['attributes'],
    doc: 'Makes a derivation of *attributes* and gives its path and its outputs. `derivation` is what is usually wanted.',
    run: derivationStrict,
  },
  {
    name: 'placeholder',
    global: true,
    args: ['output'],
    doc: 'A text that the builder of a derivation finds replaced by the path of its own *output*.',
    run: (_rt, output) =>
      hashPlaceholder(forceString(output, 'while evaluating the first argument passed to builtins.placeholder')),
  },
  {
    name: 'outputOf',
    args: ['derivation-reference', 'output-name'],
    doc: 'The output *output-name* of the derivation that a string stands for.',
    feature: 'dynamic-derivations',
    run: guarded(outputOf),
  },
];
