/** `sysbuild serve` */
import { AppError, operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'serve',
  summary: 'offer the store as a binary cache',
  operands: '',
  description:
    'Serves over HTTP until it is interrupted. What is offered is signed with the keys of the setting ' +
    'secret-key-files. Uploads are taken from those who have a token; where the setting trusted-public-keys names ' +
    'keys, only what one of them signed, or what is addressed by its content.',
  options: [
    {
      long: 'listen',
      values: ['ADDR:PORT'],
      doc: 'Where to listen (default: 127.0.0.1:8080).',
      completes: 'none',
    },
    {
      long: 'compression',
      values: ['FORM'],
      doc: 'How archives are compressed (default: zstd).',
      completes: ['none', 'zstd', 'xz', 'gzip'],
    },
    {
      long: 'upload-token-file',
      values: ['FILE'],
      doc: 'Take uploads from those who have one of these tokens.',
      completes: 'file',
    },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild serve', what: 'For this machine.' },
    { command: 'sysbuild serve --listen 0.0.0.0:8080 --upload-token-file token', what: 'For others, with uploads.' },
  ],
  async run(invocation) {
    const { serve } = await operations.transfer();
    const { host, port } = placeOf(invocation.value('listen') ?? '127.0.0.1:8080');
    await serve(sessionOptions(invocation), {
      host,
      port,
      compression: invocation.value('compression'),
      uploadTokenFile: invocation.value('upload-token-file'),
      onListening(url, keys) {
        if (invocation.flag('json')) {
          invocation.terminal.out(renderJson({ url, publicKeys: keys.map((key) => key.format()) }));
          return;
        }
        invocation.terminal.out(`${url}\n`);
        for (const key of keys) invocation.terminal.out(`${key.format()}\n`);
      },
    });
    return undefined;
  },
};

/** `ADDR:PORT`, `[ADDR]:PORT` or `PORT`. */
function placeOf(text: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:(?:\[([^\]]+)\]|([^:]+)):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new AppError('app/usage', `'${text}' is no place to listen on`, { hint: 'Name one as 127.0.0.1:8080.' });
  }
  return { host: bracketed ?? plain ?? '127.0.0.1', port: Number(port) };
}
