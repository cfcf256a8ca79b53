/** `sysbuild pin debian` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'pin debian',
  summary: 'pin Debian packages to the versions that apt knows',
  operands: '[NAME]…',
  operandsComplete: 'none',
  description:
    'Writes version, pool path and SHA-256 of each package NAME (default: of every package in the file) as apt on this ' +
    'machine knows them. Where apt has no lists, they are downloaded to a folder of your own: you need not be root.',
  options: [
    {
      long: 'file',
      short: 'f',
      values: ['FILE'],
      doc: 'The file of pins (default: debian-pins.json).',
      completes: 'file',
    },
    {
      long: 'arch',
      values: ['ARCH'],
      doc: "Pin for this architecture, in Debian's name; may be given several times (default: this machine's).",
      many: true,
      completes: ['amd64', 'arm64', 'armhf', 'i386', 'riscv64', 'ppc64el'],
    },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild pin debian busybox-static', what: 'Pin one package.' },
    { command: 'sysbuild pin debian', what: 'Renew all pins of debian-pins.json.' },
    { command: 'sysbuild pin debian --arch amd64 --arch arm64 busybox-static', what: 'For two architectures.' },
  ],
  async run(invocation) {
    const { pinDebian } = await operations.pinDebian();
    const changes = await pinDebian(sessionOptions(invocation), {
      names: invocation.operands,
      file: invocation.value('file') ?? 'debian-pins.json',
      architectures: invocation.values('arch'),
    });
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(changes));
    else {
      for (const { name, architecture, before, after } of changes) {
        const what = before === undefined ? 'new' : before === after ? 'unchanged' : `was ${before}`;
        terminal.out(`${name} ${after} ${architecture} (${what})\n`);
      }
    }
    return undefined;
  },
};
