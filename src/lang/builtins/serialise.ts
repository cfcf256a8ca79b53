/** Values as JSON and XML texts, and JSON as values. */
import { addTrace, EvalError } from '../errors.ts';
import { forceString, makeString } from '../runtime/expect.ts';
import { toJson } from '../runtime/to-json.ts';
import { toXml } from '../runtime/to-xml.ts';
import type { Value } from '../runtime/value.ts';
import { explainJson } from './json/explain.ts';
import { parseJson } from './json/parse.ts';
import type { BuiltinDef } from './registry.ts';

function fromJson(value: Value): Value {
  const text = forceString(value, 'while evaluating the first argument passed to builtins.fromJSON');
  const parsed = parseJson(text);
  if (parsed !== undefined) return parsed;
  throw addTrace(new EvalError('other', explainJson(text)), 'while decoding a JSON string');
}

export const serialisationBuiltins: readonly BuiltinDef[] = [
  {
    name: 'toJSON',
    args: ['e'],
    doc: '*e* as JSON. Sets with `outPath` or `__toString` become strings; functions have no JSON.',
    run(rt, value) {
      const { text, context } = toJson(rt, value, { strict: true, copyToStore: true });
      return makeString(text, context);
    },
  },
  {
    name: 'fromJSON',
    args: ['e'],
    doc: 'The value that the JSON text *e* stands for.',
    run: (_rt, value) => fromJson(value),
  },
  {
    name: 'toXML',
    args: ['e'],
    doc: '*e* as an XML document.',
    run(_rt, value) {
      const { text, context } = toXml(value, { strict: true, location: false });
      return makeString(text, context);
    },
  },
];
