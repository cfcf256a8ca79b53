/** `sysbuild store add` */
import { AppError, operations } from '../../../app/index.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

const modes = ['nar', 'flat', 'text', 'git'] as const;
const algorithms = ['md5', 'sha1', 'sha256', 'sha512', 'blake3'] as const;

export const command: Command = {
  name: 'store add',
  summary: 'copy files or folders into the store',
  operands: 'FILE…',
  operandsComplete: 'file',
  options: [
    {
      long: 'name',
      short: 'n',
      values: ['NAME'],
      doc: "The name in the store (default: the file's own).",
      completes: 'none',
    },
    { long: 'flat', values: [], doc: 'Short for --mode flat.' },
    {
      long: 'mode',
      values: [modes.join('|')],
      doc: 'How it is addressed: as a tree (nar, the default), by the bytes of one file (flat), as a text, or as git does.',
      completes: modes,
    },
    {
      long: 'hash-algo',
      values: ['ALGO'],
      doc: 'By which digest (default: sha256).',
      completes: algorithms,
    },
    jsonOption,
  ],
  examples: [{ command: 'sysbuild store add ./src --name source', what: 'A folder, under a name.' }],
  async run(invocation) {
    const { addToStore } = await operations.store();
    const name = invocation.value('name');
    const ingestion = chosen(invocation.flag('flat') ? 'flat' : (invocation.value('mode') ?? 'nar'), modes);
    const algorithm = chosen(invocation.value('hash-algo') ?? 'sha256', algorithms);
    const paths = await addToStore(
      sessionOptions(invocation),
      invocation.operands.map((path) => ({ path, name, ingestion, algorithm })),
    );
    if (invocation.flag('json')) invocation.terminal.out(renderJson(paths));
    else for (const path of paths) invocation.terminal.out(`${path}\n`);
    return undefined;
  },
};

function chosen<const Choice extends string>(text: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new AppError('app/usage', `there is no '${text}'`, { hint: `There are: ${choices.join(', ')}.` });
}
