/** From the options of `eval`, `instantiate`, `build` and their like to what is to be evaluated. */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import type { ExpressionSource, SessionOptions, Subject } from '../app/index.ts';
import { byteString, fromUnicode } from '../base/bytes.ts';
import type { Invocation } from './command.ts';

/** What the expression options and operands name; `fallback` when they name nothing. */
export function subjectOf(invocation: Invocation, fallback = './default.nix'): Subject {
  const expressions = invocation.values('expr').map((text) => ({ kind: 'text', text: fromUnicode(text) }) as const);
  const files = [...invocation.values('file'), ...invocation.operands].map((name) => fileSource(name, invocation.cwd));
  const sources: ExpressionSource[] = [...expressions, ...files];
  if (sources.length === 0) sources.push(fileSource(fallback, invocation.cwd));
  return {
    sources,
    attributes: invocation.values('attr').map(fromUnicode),
    arguments: [
      ...invocation
        .pairs('arg')
        .map(([name, text]) => ({ name, kind: 'expression', text: fromUnicode(text) }) as const),
      ...invocation.pairs('argstr').map(([name, text]) => ({ name, kind: 'string', text: fromUnicode(text) }) as const),
    ],
  };
}

function fileSource(name: string, cwd: string): ExpressionSource {
  if (name === '-') return { kind: 'stdin', text: readStdin() };
  if (/^<.+>$/.test(name) || /^(https?|file|git|ssh):\/\//.test(name))
    return { kind: 'lookup', name: fromUnicode(name) };
  return { kind: 'file', path: fromUnicode(resolve(cwd, name)) };
}

export function readStdin(): string {
  return byteString(fs.readFileSync(0));
}

/** What every operation is given to work in. */
export function sessionOptions(invocation: Invocation): SessionOptions {
  const { config, env, cwd, sink, abruptly } = invocation;
  return {
    ...{ config, env, cwd, sink, abruptly },
    include: invocation.values('include'),
    get signal() {
      return invocation.signal;
    },
  };
}
