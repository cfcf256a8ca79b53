/** `sysbuild converge` and `sysbuild facts` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'converge',
  summary: 'bring what converges on a machine back into its declared shape',
  operands: '',
  description:
    'Sees to each entry of `converge`, and to declared users and groups, in an order that is the same on every machine: ' +
    'each is checked, changed when it is not as declared, and checked again. Triggers run at the end; those that fail ' +
    'are kept for the next run. Exits with 1 when something could not be kept.',
  options: [
    rootOption,
    { long: 'noop', values: [], doc: 'Only check, and change nothing.' },
    { long: 'only', values: ['NAME'], doc: 'See to this resource alone.', many: true, completes: 'none' },
    jsonOption,
  ],
  examples: [
    { command: 'sudo sysbuild converge --root /', what: 'Repair.' },
    { command: 'sudo sysbuild converge --root / --noop --only nginx', what: 'Would anything be done?' },
  ],
  async run(invocation) {
    const { convergeRealm, describeConverge } = await operations.realms();
    const only = invocation.values('only');
    const report = await convergeRealm(machineOptions(invocation), {
      noop: invocation.flag('noop'),
      only: only.length === 0 ? undefined : only,
    });
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(report));
    else
      terminal.out(
        describeConverge(report)
          .map((line) => `${line}\n`)
          .join(''),
      );
    const bad = report.resources.some(({ outcome }) => outcome === 'not-kept' || outcome === 'deviates');
    return bad || report.triggers.some(({ outcome }) => outcome === 'failed') ? exitCodes.failed.code : undefined;
  },
};

export const facts: Command = {
  name: 'facts',
  summary: 'show what a machine is, as its convergent resources see it',
  operands: '',
  description: 'Commands of convergent resources find the same, as JSON, in the variable SYSBUILD_FACTS.',
  options: [rootOption, jsonOption],
  examples: [{ command: 'sysbuild facts --root / --json', what: 'For scripts.' }],
  async run(invocation) {
    const { factsOfMachine } = await operations.realms();
    const found = await factsOfMachine(machineOptions(invocation));
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(found));
    else {
      const { packages, addresses, mounts, os, ...plain } = found;
      const counts = { os: os['pretty_name'], packages: Object.keys(packages).length, mounts: mounts.length };
      const lines = Object.entries({ ...plain, ...counts, interfaces: Object.keys(addresses).join(', ') });
      terminal.out(lines.map(([name, value]) => `${name.padEnd(13)} ${value ?? ''}\n`).join(''));
    }
    return undefined;
  },
};
