/** `sysbuild eval` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { subjectOf } from '../evaluation.ts';
import { observed, observeOptions } from '../observe.ts';
import { expressionOptions } from '../options.ts';

export const command: Command = {
  name: 'eval',
  summary: 'print the value of an expression or file',
  operands: '[FILE]…',
  operandsComplete: 'file',
  description:
    'Evaluates FILE (default: ./default.nix; - reads standard input; <NAME> is looked up in the search path) and ' +
    'prints its value. Nothing is built, except where evaluation itself reads the output of a derivation; of what it ' +
    'adds to the store, only the sources that the printed value mentions are really written.',
  options: [
    ...expressionOptions,
    ...observeOptions,
    { long: 'strict', values: [], doc: 'Evaluate everything inside the value as well.' },
    { long: 'json', values: [], doc: 'Print JSON.' },
    { long: 'xml', values: [], doc: 'Print XML.' },
    { long: 'raw', values: [], doc: 'Print a string as it is, without quotes or a newline.' },
    { long: 'no-location', values: [], doc: 'With --xml: leave out where things stand in the source.' },
  ],
  examples: [
    { command: "sysbuild eval -E '1 + 1'", what: 'A calculation.' },
    { command: 'sysbuild eval --strict --json config.nix', what: 'A whole file as JSON.' },
    { command: 'sysbuild eval -f . -A hello.outPath --raw', what: 'One attribute, for a shell variable.' },
  ],
  async run(invocation) {
    const { evaluate } = await operations.evaluate();
    const format = invocation.flag('json')
      ? 'json'
      : invocation.flag('xml')
        ? 'xml'
        : invocation.flag('raw')
          ? 'raw'
          : 'nix';
    await observed(invocation, async (session) => {
      const values = evaluate(session, subjectOf(invocation), {
        format,
        strict: invocation.flag('strict'),
        locations: !invocation.flag('no-location'),
      });
      for await (const text of values) invocation.terminal.outBytes(text);
    });
    return undefined;
  },
};
