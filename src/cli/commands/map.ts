/** `sysbuild map` and `sysbuild map explain` */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { AppError, operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';
import { renderMap } from '../render/machine-map.ts';

export const command: Command = {
  name: 'map',
  summary: 'show which realm every part of a machine belongs to',
  operands: '',
  description:
    'Walks the file systems of the machine, and looks at its units, users, packages, ports and mounts. Congruent is ' +
    'what equals the generation, convergent what is kept in shape, divergent what is declared as left alone, unknown ' +
    'what nobody said anything of. What /.sysbuildignore and /etc/sysbuild/ignore name is left out.',
  options: [
    rootOption,
    { long: 'svg', values: ['FILE'], doc: 'Write a picture: each folder as large as its bytes.', completes: 'file' },
    { long: 'depth', values: ['N'], doc: 'Levels of folders in the picture and the tree (6).', completes: 'none' },
    { long: 'one-file-system', values: [], doc: 'Leave out all that is mounted below the root.' },
    { long: 'read-all', values: [], doc: 'Read contents again whose inodes did not change.' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild map --root ~/first-machine', what: 'The shares of the realms.' },
    { command: 'sudo sysbuild map --root / --svg map.svg', what: 'A picture of this machine.' },
  ],
  async run(invocation) {
    const { mapMachine, treemapSvg } = await operations.realms();
    const map = await mapMachine(machineOptions(invocation), {
      readAll: invocation.flag('read-all'),
      oneFileSystem: invocation.flag('one-file-system'),
      depth: Number(invocation.value('depth') ?? 6) || 6,
    });
    const svg = invocation.value('svg');
    if (svg !== undefined) fs.writeFileSync(resolve(invocation.cwd, svg), treemapSvg(map.tree));
    const { terminal } = invocation;
    terminal.out(invocation.flag('json') ? renderJson(map) : renderMap(map, terminal.outTheme, terminal.width));
    return undefined;
  },
};

export const explain: Command = {
  name: 'map explain',
  summary: 'say all that is known of a path of a machine',
  operands: 'PATH',
  most: 1,
  description: 'Its realm and owner, what it has to be, what it is, and when it was looked at.',
  options: [rootOption, jsonOption],
  examples: [{ command: 'sysbuild map explain /etc/motd --root ~/first-machine', what: 'Whose file is that?' }],
  async run(invocation) {
    const { describeExplanation, explainMachinePath } = await operations.realms();
    const [path] = invocation.operands;
    const explanation = await explainMachinePath(machineOptions(invocation), absolutePath(path));
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(explanation));
    else
      terminal.out(
        describeExplanation(explanation)
          .map((line) => `${line}\n`)
          .join(''),
      );
    return undefined;
  },
};

function absolutePath(path: string | undefined): string {
  if (path?.startsWith('/')) return path.length > 1 ? path.replace(/\/+$/, '') : path;
  throw new AppError(
    'app/usage',
    path === undefined ? 'which path?' : `'${path}' is not an absolute path of the machine`,
  );
}
