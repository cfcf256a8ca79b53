/** `sysbuild export` */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { AppError, operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';

export const command: Command = {
  name: 'export',
  summary: 'write store paths with all that they need as one file',
  operands: 'PATH…',
  operandsComplete: 'file',
  description:
    'The form "tar" is the same for the same paths, keeps signatures, and unpacks to the paths themselves. The form ' +
    '"nix" is that of nix-store --export. For a folder that is a cache: sysbuild copy --to file:///DIR.',
  options: [
    { long: 'format', values: ['tar|nix'], doc: 'The form of the file (default: tar).', completes: ['tar', 'nix'] },
    {
      long: 'output',
      short: 'o',
      values: ['FILE'],
      doc: 'Write to this file, not to standard output.',
      completes: 'file',
    },
  ],
  examples: [
    { command: 'sysbuild export ./result -o result.tar', what: 'As a tar archive.' },
    { command: 'sysbuild export ./result --format nix | ssh host nix-store --import', what: 'To a machine with Nix.' },
  ],
  async run(invocation) {
    const { exportPaths } = await operations.transfer();
    const format = invocation.value('format') ?? 'tar';
    if (format !== 'tar' && format !== 'nix') {
      throw new AppError('app/usage', `there is no form '${format}'`, { hint: 'There are: tar, nix.' });
    }
    const form = format === 'nix' ? 'stream' : 'tar';
    const output = invocation.value('output');
    const options = sessionOptions(invocation);
    if (output === undefined) {
      await exportPaths(options, invocation.operands, { form, write: (bytes) => invocation.terminal.out(bytes) });
      return undefined;
    }
    // Nobody shall take a part of it for the whole.
    const file = resolve(invocation.cwd, output);
    const part = `${file}.part-${process.pid}`;
    const fd = fs.openSync(part, 'wx');
    try {
      await exportPaths(options, invocation.operands, { form, write: (bytes) => fs.writeFileSync(fd, bytes) });
      fs.fsyncSync(fd);
      fs.renameSync(part, file);
    } finally {
      fs.closeSync(fd);
      fs.rmSync(part, { force: true });
    }
    return undefined;
  },
};
