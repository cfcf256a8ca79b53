/** `sysbuild override` and its verbs */
import { resolve } from 'node:path';
import { AppError, operations } from '../../app/index.ts';
import type { Command, Invocation } from '../command.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'override',
  summary: 'mark an emergency change that ends by itself',
  operands: 'PATH|UNIT',
  most: 1,
  description:
    'Saves what is there, so that you can change it by hand. After the time, what was before comes back; what the ' +
    'generation declares comes back as it declares it. Until then map, drift, status and plans name the override. A ' +
    'timer of systemd ends it where there is one, and else the first command that looks at the machine.',
  options: [
    rootOption,
    { long: 'for', values: ['TIME'], doc: 'How long: 45m, 4h, 2d; at most 30d.', completes: 'none' },
    { long: 'reason', values: ['TEXT'], doc: 'Why; whoever looks at the machine reads it.', completes: 'none' },
    jsonOption,
  ],
  examples: [
    {
      command: "sysbuild override /etc/nginx/nginx.conf --for 4h --reason 'site is down' --root /",
      what: 'Then edit it.',
    },
    { command: "sysbuild override nginx.service --for 1d --reason 'leaks' --root /", what: 'Then systemctl edit it.' },
  ],
  async run(invocation) {
    const [target] = invocation.operands;
    const [time, reason] = [invocation.value('for'), invocation.value('reason')];
    if (target === undefined) throw usage('which path or unit?');
    if (time === undefined || reason === undefined) throw usage('an override needs --for TIME and --reason TEXT');
    const { overrideOnMachine } = await operations.realms();
    const override = await overrideOnMachine(machineOptions(invocation), { target, time, reason });
    const { id, until, timed } = override;
    if (invocation.flag('json')) invocation.terminal.out(renderJson(override));
    else {
      const by = timed ? 'systemd' : 'the first sysbuild command after that';
      invocation.terminal.out(`override ${id}: change ${target} now; it is reverted at ${until} by ${by}\n`);
    }
    return undefined;
  },
};

export const list: Command = {
  name: 'override list',
  summary: 'list the overrides that are in force',
  operands: '',
  options: [rootOption, jsonOption],
  examples: [{ command: 'sysbuild override list --root /', what: 'What is an emergency at the moment?' }],
  async run(invocation) {
    const { describeOverride, overridesOfMachine } = await operations.realms();
    const overrides = await overridesOfMachine(machineOptions(invocation));
    if (invocation.flag('json')) invocation.terminal.out(renderJson(overrides));
    else for (const override of overrides) invocation.terminal.out(`${describeOverride(override)}\n`);
    return undefined;
  },
};

export const end: Command = {
  name: 'override end',
  summary: 'end an override now: what was before comes back',
  operands: 'ID',
  most: 1,
  options: [rootOption, jsonOption],
  examples: [{ command: 'sysbuild override end 3 --root /', what: 'The emergency is over.' }],
  async run(invocation) {
    const { endOverrideOfMachine } = await operations.realms();
    const override = await endOverrideOfMachine(machineOptions(invocation), idOf(invocation));
    if (invocation.flag('json')) invocation.terminal.out(renderJson(override));
    else invocation.terminal.out(`${override.target.name} is as before again\n`);
    return undefined;
  },
};

export const promote: Command = {
  name: 'override promote',
  summary: 'write an override as a module, and leave the change in place',
  operands: 'ID',
  most: 1,
  description: 'Import the module in the description of the machine: the next switch then declares the change.',
  options: [
    rootOption,
    { long: 'out', values: ['FILE'], doc: 'Where the module goes (override-ID.nix).', completes: 'file' },
    jsonOption,
  ],
  examples: [{ command: 'sysbuild override promote 3 --out motd.nix --root /', what: 'It stays.' }],
  async run(invocation) {
    const { promoteOverrideOfMachine } = await operations.realms();
    const id = idOf(invocation);
    const file = resolve(invocation.cwd, invocation.value('out') ?? `override-${id}.nix`);
    const override = await promoteOverrideOfMachine(machineOptions(invocation), id, file);
    if (invocation.flag('json')) invocation.terminal.out(renderJson({ ...override, file }));
    else invocation.terminal.out(`${override.target.name} is declared by ${file}: import it, and switch\n`);
    return undefined;
  },
};

function idOf({ operands }: Invocation): string {
  if (operands[0] !== undefined) return operands[0];
  throw usage('which override? sysbuild override list shows them');
}

function usage(message: string): AppError {
  return new AppError('app/usage', message);
}
