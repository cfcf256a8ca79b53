/** `sysbuild export` */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError, operations } from '../../app/index.ts';
import type { Command, Invocation } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

const forms = ['tar', 'nix', 'cache'] as const;
type Form = (typeof forms)[number];

export const command: Command = {
  name: 'export',
  summary: 'write store paths with all that they need as one file or folder',
  operands: 'PATH…',
  operandsComplete: 'file',
  description:
    'The form "tar" is the same for the same paths, keeps signatures, and unpacks to the paths themselves. The form ' +
    '"nix" is that of nix-store --export. The form "cache" is a folder that is a binary cache.',
  options: [
    { long: 'format', values: [forms.join('|')], doc: 'The form of the export (default: tar).', completes: forms },
    {
      long: 'output',
      short: 'o',
      values: ['FILE'],
      doc: 'Write to this file or folder, not to standard output.',
      completes: 'file',
    },
    { ...jsonOption, doc: 'Print JSON about what was written; needs --output.' },
  ],
  examples: [
    { command: 'sysbuild export ./result -o result.tar', what: 'As a tar archive.' },
    { command: 'sysbuild export ./result --format nix | ssh host nix-store --import', what: 'To a machine with Nix.' },
    { command: 'sysbuild export ./result --format cache -o /mnt/stick', what: 'As a folder, to be added to.' },
  ],
  async run(invocation) {
    const form = formOf(invocation.value('format') ?? 'tar');
    const output = invocation.value('output');
    if (output === undefined) {
      if (form === 'cache' || invocation.flag('json')) {
        throw new AppError('app/usage', 'to which file or folder?', { hint: 'Name it with --output.' });
      }
      await write(invocation, form, (bytes) => invocation.terminal.out(bytes));
      return undefined;
    }
    const place = resolve(invocation.cwd, output);
    const paths = form === 'cache' ? await toFolder(invocation, place) : await toFile(invocation, form, place);
    if (invocation.flag('json')) invocation.terminal.out(renderJson({ output: place, format: form, paths }));
    return undefined;
  },
};

function formOf(text: string): Form {
  const form = forms.find((one) => one === text);
  if (form !== undefined) return form;
  throw new AppError('app/usage', `there is no form '${text}'`, { hint: `There are: ${forms.join(', ')}.` });
}

async function write(
  invocation: Invocation,
  form: 'tar' | 'nix',
  take: (bytes: Uint8Array) => void,
): Promise<readonly string[]> {
  const { exportPaths } = await operations.transfer();
  let written: readonly string[] = [];
  await exportPaths(sessionOptions(invocation), invocation.operands, {
    form: form === 'nix' ? 'stream' : 'tar',
    write: take,
    onPaths: (paths) => (written = paths),
  });
  return written;
}

/** Nobody shall take a part of it for the whole. */
async function toFile(invocation: Invocation, form: 'tar' | 'nix', file: string): Promise<readonly string[]> {
  const part = `${file}.part-${process.pid}`;
  const fd = fs.openSync(part, 'wx');
  try {
    const paths = await write(invocation, form, (bytes) => fs.writeFileSync(fd, bytes));
    fs.fsyncSync(fd);
    fs.renameSync(part, file);
    return paths;
  } finally {
    fs.closeSync(fd);
    fs.rmSync(part, { force: true });
  }
}

/** Those that the folder did not have. */
async function toFolder(invocation: Invocation, folder: string): Promise<readonly string[]> {
  const { push } = await operations.transfer();
  return push(sessionOptions(invocation), invocation.operands, pathToFileURL(folder).href);
}
