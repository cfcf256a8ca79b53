/** `sysbuild instantiate` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { subjectOf } from '../evaluation.ts';
import { observed, observeOptions } from '../observe.ts';
import { expressionOptions } from '../options.ts';

export const command: Command = {
  name: 'instantiate',
  summary: 'write derivations to the store and print their paths',
  operands: '[FILE]…',
  operandsComplete: 'file',
  description:
    'Evaluates FILE (default: ./default.nix) to derivations, writes them and their sources to the store, and prints ' +
    'the path of each .drv file.',
  options: [
    ...expressionOptions,
    ...observeOptions,
    {
      long: 'add-root',
      values: ['PATH'],
      doc: 'Make PATH a link to the result that keeps it from being collected.',
      completes: 'file',
    },
    { long: 'strict', values: [], doc: 'Accepted for scripts; has no effect.', hidden: true },
    { long: 'indirect', values: [], doc: 'Accepted for scripts; has no effect.', hidden: true },
  ],
  examples: [
    { command: 'sysbuild instantiate release.nix -A tarball', what: 'The derivation of one attribute.' },
    { command: 'sysbuild --store dummy:// instantiate', what: 'Only compute the paths.' },
  ],
  async run(invocation) {
    const { instantiate } = await operations.instantiate();
    const root = invocation.value('add-root');
    await observed(invocation, async (session) => {
      for await (const { shown, outputName } of instantiate(session, subjectOf(invocation), root)) {
        invocation.terminal.outBytes(`${shown}${outputName === 'out' ? '' : `!${outputName}`}\n`);
      }
    });
    return undefined;
  },
};
