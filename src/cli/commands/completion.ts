/** `sysbuild completion` */
import { AppError } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { completionScript } from '../completion.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export const command: Command = {
  name: 'completion',
  summary: 'print a completion script for a shell',
  operands: 'bash|zsh|fish',
  operandsComplete: shells,
  most: 1,
  options: [],
  examples: [
    { command: 'source <(sysbuild completion bash)', what: 'Complete in this bash.' },
    { command: 'sysbuild completion fish > ~/.config/fish/completions/sysbuild.fish', what: 'In every fish.' },
  ],
  async run(invocation) {
    const shell = shells.find((one) => one === invocation.operands[0]);
    if (shell === undefined) {
      throw new AppError('app/usage', 'which shell?', { hint: `There are: ${shells.join(', ')}.` });
    }
    invocation.terminal.out(completionScript(shell, await invocation.allCommands()));
    return undefined;
  },
};
