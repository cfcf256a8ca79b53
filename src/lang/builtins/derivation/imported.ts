/** What importing a `.drv` file gives: for its first output, a set like that of `derivation`. */
import type { Derivation, StorePath } from '../../../formats/index.ts';
import { AttrsBuilder } from '../../runtime/attrs.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { type Attrs, Thunk, type Value } from '../../runtime/value.ts';
import { derivationString, outputString } from './output-string.ts';

export function derivationValue(rt: Runtime, drvPath: StorePath, derivation: Derivation): Value {
  const names = [...derivation.outputs.keys()].sort();
  const outputs = new Map<string, Value>();
  const all: Value[] = [];
  for (const name of names) {
    const output = new Thunk(() => outputSet(rt, drvPath, derivation, name, outputs, all));
    outputs.set(name, output);
    all.push(output);
  }
  return outputs.get(names[0]!)!;
}

function outputSet(
  rt: Runtime,
  drvPath: StorePath,
  derivation: Derivation,
  output: string,
  outputs: ReadonlyMap<string, Value>,
  all: readonly Value[],
): Attrs {
  const builder = new AttrsBuilder();
  for (const [name, value] of outputs) builder.set(name, value);
  return builder
    .set('all', all)
    .set('drvPath', derivationString(drvPath))
    .set('name', derivation.env.get('name') ?? '')
    .set('type', 'derivation')
    .set('outPath', outputString(rt, drvPath, derivation, output))
    .set('outputName', output)
    .build();
}
