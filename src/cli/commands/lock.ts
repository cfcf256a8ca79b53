/** `sysbuild lock debian` */
import { operations } from '../../app/index.ts';
import { plural } from '../../base/text.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'lock debian',
  summary: 'lock Debian packages with all that they need',
  operands: '[NAME]…',
  operandsComplete: 'none',
  description:
    'Writes which packages, at which versions, with which SHA-256 and at which place of Debian’s pool, apt would install ' +
    'for the packages NAME on a machine that has nothing: what each needs, and what every Debian system has. Names add ' +
    'to those of the file; without any, all are renewed. Lists are downloaded to a folder of your own: you need not be ' +
    'root. The lock holds no host: `debianLock ./debian.lock.json` in an expression makes derivations of it.',
  options: [
    { long: 'file', short: 'f', values: ['FILE'], doc: 'The lock (default: debian.lock.json).', completes: 'file' },
    {
      long: 'source',
      values: ['NAME'],
      doc: 'Lock this source package too; may be given several times.',
      many: true,
      completes: 'none',
    },
    {
      long: 'arch',
      values: ['ARCH'],
      doc: "Lock for this architecture, in Debian's name; may be given several times (default: this machine's).",
      many: true,
      completes: ['amd64', 'arm64', 'armhf', 'i386', 'riscv64', 'ppc64el'],
    },
    { long: 'no-essential', values: [], doc: 'Leave out what every Debian system has.' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild lock debian gcc make libc6-dev', what: 'What it takes to compile C.' },
    { command: 'sysbuild lock debian --source hello', what: 'The source of a package.' },
    { command: 'sysbuild lock debian', what: 'Renew all of debian.lock.json.' },
  ],
  async run(invocation) {
    const { lockDebian } = await operations.lockDebian();
    const changes = await lockDebian(sessionOptions(invocation), {
      names: invocation.operands,
      sources: invocation.values('source'),
      file: invocation.value('file') ?? 'debian.lock.json',
      architectures: invocation.values('arch'),
      essential: !invocation.flag('no-essential'),
    });
    const { terminal } = invocation;
    if (invocation.flag('json')) {
      terminal.out(renderJson(changes));
      return undefined;
    }
    for (const { kind, name, before, after } of changes) {
      const what = before === undefined ? 'new' : after === undefined ? `gone, was ${before}` : `was ${before}`;
      terminal.out(`${kind === 'source' ? 'source ' : ''}${name} ${after ?? ''} (${what})\n`);
    }
    terminal.err(`${plural(changes.length, 'change')}\n`);
    return undefined;
  },
};
