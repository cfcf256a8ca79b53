/** `sysbuild copy` */
import { AppError, operations } from '../../app/index.ts';
import { plural } from '../../base/text.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'copy',
  summary: 'copy store paths with all that they need to or from a cache or another store',
  operands: 'PATH…',
  operandsComplete: 'file',
  description:
    'A cache is file:///DIR, http://HOST or https://HOST, with parameters after a question mark (?compression=xz). ' +
    'What is sent is signed with the keys of the setting secret-key-files; what is fetched must be signed by one of ' +
    'trusted-public-keys, or be addressed by its content.',
  options: [
    { long: 'to', values: ['URI'], doc: 'Where to: a cache, or the folder of another store.', completes: 'directory' },
    {
      long: 'from',
      values: ['URI'],
      doc: 'Where from: a cache, or the folder of another store.',
      completes: 'directory',
    },
    { long: 'token-file', values: ['FILE'], doc: 'The token that a server wants for uploads.', completes: 'file' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild copy ./result --to file:///mnt/cache', what: 'Into a folder.' },
    { command: 'sysbuild copy ./result --to /mnt/machine', what: 'To the store of a machine root.' },
    { command: 'sysbuild copy ./result --to https://cache.example.org --token-file token', what: 'To a server.' },
  ],
  async run(invocation) {
    const { pull, push } = await operations.transfer();
    const { operands } = invocation;
    const [to, from] = [invocation.value('to'), invocation.value('from')];
    if ((to === undefined) === (from === undefined)) {
      throw new AppError('app/usage', 'where to, or where from?', { hint: 'Give one of --to URI and --from URI.' });
    }
    if (operands.length === 0) throw new AppError('app/usage', 'which paths?');
    const options = sessionOptions(invocation);
    const copied =
      to === undefined
        ? await pull(options, operands, from!)
        : await push(options, operands, to, { tokenFile: invocation.value('token-file') });
    if (invocation.flag('json')) invocation.terminal.out(renderJson(copied));
    else invocation.terminal.out(`${plural(copied.length, 'path')} copied\n`);
    return undefined;
  },
};
