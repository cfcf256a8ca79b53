/** `derivationStrict`: attributes to a derivation in the store, its path, and strings for its outputs. */
import {
  checkName,
  type Derivation,
  type DerivationOutput,
  fixedOutputPath,
  hashPlaceholder,
  type StorePath,
} from '../../../formats/index.ts';
import { addTrace, EvalError } from '../../errors.ts';
import { attrsFromSorted } from '../../runtime/attrs.ts';
import { forceAttrs, forceBool, forceString, requireAttr } from '../../runtime/expect.ts';
import { showName } from '../../runtime/print.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Attrs, Value } from '../../runtime/value.ts';
import { positions } from '../../source.ts';
import { asEvalError } from '../guard.ts';
import { hashAllowEmpty } from '../hashing.ts';
import { DerivationAttributes } from './attributes.ts';
import { HashMemo } from './hash-memo.ts';
import { inputsOf } from './inputs.ts';
import { derivationString, outputString } from './output-string.ts';

const where = 'in the attrset passed as argument to builtins.derivationStrict';

export function derivationStrict(rt: Runtime, argument: Value): Value {
  const set = forceAttrs(argument, 'while evaluating the argument passed to builtins.derivationStrict').flat();
  const name = nameOf(set);
  try {
    return instantiate(rt, name, set);
  } catch (caught) {
    const at = positions.show(set.positionOf('name'));
    throw addTrace(
      asEvalError(caught),
      `while evaluating derivation '${name}'\n  whose name attribute is located at ${at}`,
    );
  }
}

function nameOf(set: Attrs): string {
  const name = requireAttr(set, 'name', where);
  try {
    return forceString(name, 'while evaluating the `name` attribute passed to builtins.derivationStrict');
  } catch (error) {
    throw addTrace(error, "while evaluating the derivation attribute 'name'", set.positionOf('name'));
  }
}

function instantiate(rt: Runtime, name: string, set: Attrs): Value {
  checkDerivationName(name);
  const attributes = readAttributes(rt, name, set);
  const derivation = toDerivation(rt, attributes);
  const drvPath = rt.host.addDerivation(derivation);
  HashMemo.of(rt).know(drvPath, derivation);
  return result(rt, drvPath, derivation);
}

function checkDerivationName(name: string): void {
  try {
    checkName(name);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new EvalError('other', `invalid derivation name: ${message}. Please pass a different 'name'.`, {
      cause: error,
    });
  }
}

function readAttributes(rt: Runtime, name: string, set: Attrs): DerivationAttributes {
  const flag = (attribute: string): boolean => {
    const value = set.get(attribute);
    const what = `while evaluating the \`${attribute}\` attribute passed to builtins.derivationStrict`;
    return value !== undefined && forceBool(value, what);
  };
  const structured = flag('__structuredAttrs');
  const attributes = new DerivationAttributes(rt, name, { structured, ignoreNulls: flag('__ignoreNulls') });
  const { shape, values } = set;
  for (let at = 0; at < values.length; at++) {
    try {
      attributes.take(shape.names[at]!, values[at]!);
    } catch (error) {
      const what = `while evaluating attribute '${showName(shape.names[at]!)}' of derivation '${name}'`;
      throw addTrace(asEvalError(error), what, shape.positionAt(at));
    }
  }
  attributes.finish();
  return attributes;
}

function toDerivation(rt: Runtime, attributes: DerivationAttributes): Derivation {
  const { name, builder, system, args, env } = attributes;
  const inputs = inputsOf(rt, attributes.contexts);
  if (builder === '') throw new EvalError('other', "required attribute 'builder' missing");
  if (system === '') throw new EvalError('other', "required attribute 'system' missing");
  checkExtension(attributes);
  const outputs = new Map<string, DerivationOutput>();
  const derivation: Derivation = { name, outputs, ...inputs, system, builder, args, env };
  if (attributes.outputHash !== undefined) {
    addFixedOutput(rt, attributes, outputs, attributes.outputHash);
    return derivation;
  }
  if (attributes.contentAddressed || attributes.impure) {
    addFloatingOutputs(attributes, outputs);
    return derivation;
  }
  for (const output of attributes.outputs) {
    env.set(output, '');
    outputs.set(output, { kind: 'deferred' });
  }
  return HashMemo.of(rt).fill(derivation);
}

function checkExtension({ name, outputMethod, outputs }: DerivationAttributes): void {
  if (!name.endsWith('.drv') || (outputMethod === 'text' && outputs.length === 1 && outputs[0] === 'out')) return;
  throw new EvalError(
    'other',
    "derivation names are allowed to end in '.drv' only if they produce a single derivation file",
  );
}

function addFixedOutput(
  rt: Runtime,
  attributes: DerivationAttributes,
  outputs: Map<string, DerivationOutput>,
  text: string,
): void {
  if (attributes.outputs.length !== 1 || attributes.outputs[0] !== 'out') {
    throw new EvalError('other', 'multiple outputs are not supported in fixed-output derivations');
  }
  const hash = hashAllowEmpty(rt, text, attributes.outputHashAlgo);
  const output = { kind: 'fixed', method: attributes.outputMethod ?? 'flat', hash } as const;
  attributes.env.set('out', fixedOutputPath(rt.host.settings.storeDir, attributes.name, 'out', output));
  outputs.set('out', output);
}

function addFloatingOutputs(attributes: DerivationAttributes, outputs: Map<string, DerivationOutput>): void {
  const { contentAddressed, impure } = attributes;
  if (contentAddressed && impure) {
    throw new EvalError('other', 'derivation cannot be both content-addressed and impure');
  }
  const method = attributes.outputMethod ?? 'nar';
  const algorithm = attributes.outputHashAlgo ?? 'sha256';
  for (const output of attributes.outputs) {
    attributes.env.set(output, hashPlaceholder(output));
    outputs.set(output, { kind: impure ? 'impure' : 'floating', method, algorithm });
  }
}

function result(rt: Runtime, drvPath: StorePath, derivation: Derivation): Value {
  const names = ['drvPath', ...derivation.outputs.keys()].sort();
  const values = names.map((name) =>
    name === 'drvPath' ? derivationString(drvPath) : outputString(rt, drvPath, derivation, name),
  );
  return attrsFromSorted(names, values);
}
