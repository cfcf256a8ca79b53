/** `sysbuild store realisations` */
import { operations } from '../../../app/index.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

export const command: Command = {
  name: 'store realisations',
  summary: 'say which output of a derivation became which path',
  operands: 'DRV…',
  operandsComplete: 'file',
  description: 'For derivations whose outputs are addressed by content: their paths are known once they were built.',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store realisations $(sysbuild instantiate)', what: 'What the derivation gave.' }],
  async run(invocation) {
    const { realisations } = await operations.store();
    const found = await realisations(sessionOptions(invocation), invocation.operands);
    if (invocation.flag('json')) invocation.terminal.out(renderJson(found));
    else {
      for (const { drvPath, outputName, outPath } of found) {
        invocation.terminal.out(`${drvPath}!${outputName} ${outPath}\n`);
      }
    }
    return undefined;
  },
};
