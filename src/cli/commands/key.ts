/** `sysbuild key generate` and `sysbuild key public` */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { AppError, operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { readStdin, sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const generate: Command = {
  name: 'key generate',
  summary: 'make a secret key',
  operands: 'NAME',
  operandsComplete: 'none',
  most: 1,
  description: 'By custom the name says whose key it is, and which of them: cache.example.org-1.',
  options: [
    {
      long: 'output',
      short: 'o',
      values: ['FILE'],
      doc: 'Write it to this new file, which only its owner can read, not to standard output.',
      completes: 'file',
    },
    jsonOption,
  ],
  examples: [{ command: 'sysbuild key generate cache.example.org-1 -o key', what: 'Into a file.' }],
  async run(invocation) {
    const { generateKey, publicKeyOf } = await operations.transfer();
    const [name] = invocation.operands;
    if (name === undefined) throw new AppError('app/usage', 'under which name?');
    const text = `${generateKey(name)}\n`;
    const output = invocation.value('output');
    const file = output === undefined ? undefined : resolve(invocation.cwd, output);
    if (file !== undefined) writeSecret(file, text);
    if (invocation.flag('json')) {
      const secret = file === undefined ? { secret: text.trim() } : { file };
      invocation.terminal.out(renderJson({ public: publicKeyOf(text.trim()), ...secret }));
    } else if (file === undefined) invocation.terminal.out(text);
    return undefined;
  },
};

export const publicPart: Command = {
  name: 'key public',
  summary: 'print the public key that belongs to a secret one',
  operands: '[FILE]',
  operandsComplete: 'file',
  most: 1,
  description:
    'Of the key in FILE (-: standard input). Without one, of the key that signs what is built in the store: that of the ' +
    'setting secret-key-files, or the own one of the store, which is made when it is first needed.',
  options: [jsonOption],
  examples: [
    { command: 'sysbuild key public', what: 'What others put into trusted-public-keys.' },
    { command: 'sysbuild key public key', what: 'Of another key.' },
  ],
  async run(invocation) {
    const { publicKeyOf, storePublicKeys, textOf } = await operations.transfer();
    const [file] = invocation.operands;
    const { terminal } = invocation;
    if (file === undefined) {
      const keys = await storePublicKeys(sessionOptions(invocation));
      if (invocation.flag('json')) terminal.out(renderJson(keys.map((text) => ({ public: text }))));
      else for (const text of keys) terminal.out(`${text}\n`);
      return undefined;
    }
    const text = publicKeyOf(file === '-' ? readStdin() : textOf(resolve(invocation.cwd, file)));
    terminal.out(invocation.flag('json') ? renderJson({ public: text }) : `${text}\n`);
    return undefined;
  },
};

/** A key that is there already is never replaced: what it signed would lose its worth. */
function writeSecret(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new AppError('app/usage', `the key cannot be written: ${why}`, { details: { file }, cause });
  }
}
