/** `sysbuild generations` */
import { operations } from '../../app/index.ts';
import { formatBytes } from '../../base/text.ts';
import type { Command } from '../command.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';
import { renderTable } from '../render/table.ts';

export const command: Command = {
  name: 'generations',
  summary: 'list the generations of a machine',
  operands: '',
  options: [rootOption, jsonOption],
  examples: [{ command: 'sysbuild generations --root ~/first-machine', what: 'All of them, the current one marked.' }],
  async run(invocation) {
    const { listGenerations } = await operations.generations();
    const all = await listGenerations(machineOptions(invocation));
    if (invocation.flag('json')) invocation.terminal.out(renderJson(all));
    else {
      const columns = [
        { title: '' },
        { title: 'N', right: true },
        { title: 'made' },
        { title: 'by' },
        { title: 'packages', right: true },
        { title: 'files', right: true },
        { title: 'closure', right: true },
        { title: 'label' },
        { title: 'system' },
      ];
      const rows = all.map((one) => [
        one.current ? '*' : '',
        String(one.number),
        (one.createdAt ?? '').replace('T', ' ').slice(0, 19),
        (one.createdBy ?? '').replace(/ \(pid \d+\)$/, ''),
        String(one.packages),
        String(one.files),
        formatBytes(one.closureBytes),
        one.label ?? '',
        one.system,
      ]);
      invocation.terminal.out(renderTable(columns, rows));
    }
    return undefined;
  },
};
