/** `sysbuild store outputs` and `sysbuild store by-hash` */
import { AppError, operations } from '../../../app/index.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { exitCodes } from '../../exit-codes.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

export const outputs: Command = {
  name: 'store outputs',
  summary: 'list the outputs of derivations',
  operands: 'DRV…',
  operandsComplete: 'file',
  description: 'Those whose paths are known: without building, or because they were built.',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store outputs $(sysbuild instantiate)', what: 'What the derivation makes.' }],
  async run(invocation) {
    const { outputsOf } = await operations.store();
    const found = await outputsOf(sessionOptions(invocation), invocation.operands);
    if (invocation.flag('json')) invocation.terminal.out(renderJson(found));
    else for (const { outPath } of found) invocation.terminal.out(`${outPath}\n`);
    return undefined;
  },
};

export const byHash: Command = {
  name: 'store by-hash',
  summary: 'find store paths by their hash parts',
  operands: 'HASH…',
  operandsComplete: 'none',
  description: 'HASH is the 32 characters before the name. Exits with 1 when one is not there.',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store by-hash 00000000000000000000000000000000', what: 'The path with this hash.' }],
  async run(invocation) {
    const { byHashPart } = await operations.store();
    if (invocation.operands.length === 0) throw new AppError('app/usage', 'which hash?');
    const paths = await byHashPart(sessionOptions(invocation), invocation.operands);
    const found = paths.filter((path) => path !== undefined);
    if (invocation.flag('json')) invocation.terminal.out(renderJson(paths.map((path) => path ?? null)));
    else for (const path of found) invocation.terminal.out(`${path}\n`);
    return found.length === paths.length ? exitCodes.ok.code : exitCodes.failed.code;
  },
};
