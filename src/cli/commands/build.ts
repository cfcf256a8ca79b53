/** `sysbuild build` */
import { type BuildCounts, type BuildPreview, operations } from '../../app/index.ts';
import { formatBytes, formatDuration, plural } from '../../base/text.ts';
import type { Command, Invocation } from '../command.ts';
import { sessionOptions, subjectOf } from '../evaluation.ts';
import { machineSubject } from '../machine-subject.ts';
import { expressionOptions, jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'build',
  summary: 'build the derivations of a file and print the paths of their outputs',
  operands: '[FILE]…',
  operandsComplete: 'file',
  description:
    'Evaluates FILE (default: ./default.nix) to derivations and builds them. A link ./result to each output keeps it ' +
    'from being collected (result-2 for the second derivation, result-dev for the output dev). A FILE may also be a ' +
    'derivation in the store, alone or with the name of an output: /nix/store/….drv!dev.',
  options: [
    ...expressionOptions,
    {
      long: 'out-link',
      short: 'o',
      values: ['LINK'],
      doc: 'Name of the links to the results (default: ./result).',
      completes: 'file',
    },
    { long: 'no-out-link', values: [], doc: 'Make no links.' },
    { long: 'dry-run', values: [], doc: 'Only say what would be built and downloaded.' },
    { long: 'check', values: [], doc: 'Build what is there already once more, and compare.' },
    {
      long: 'machine',
      values: [],
      doc: 'FILE (default: ./system.nix) describes a machine, as for switch: build its system, and switch nothing.',
    },
    { long: 'rebuild', values: [], doc: 'The same as --check.' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild build', what: 'Build ./default.nix.' },
    { command: 'sysbuild build release.nix -A tarball -o tarball', what: 'One attribute, with a link of this name.' },
    {
      command: 'sysbuild build --machine examples/web-server',
      what: 'The system of a machine: switch to ./result later.',
    },
    { command: 'sysbuild build --dry-run --json', what: 'What would be done, for a program.' },
  ],
  async run(invocation) {
    const { build, previewBuild } = await operations.build();
    const machine = invocation.flag('machine');
    const subject = machine ? machineSubject(invocation) : subjectOf(invocation);
    if (invocation.flag('dry-run')) {
      showPreview(invocation, await previewBuild(sessionOptions(invocation), subject));
      return undefined;
    }
    const outLink = invocation.flag('no-out-link') ? undefined : (invocation.value('out-link') ?? 'result');
    const check = invocation.flag('check') || invocation.flag('rebuild');
    const { outputs, counts, milliseconds } = await build(sessionOptions(invocation), {
      subject,
      outLink,
      check,
      machine,
    });
    if (invocation.flag('json')) invocation.terminal.out(renderJson({ outputs, counts, milliseconds }));
    else for (const { outPath } of outputs) invocation.terminal.outBytes(`${outPath}\n`);
    if (!invocation.flag('quiet')) tellCounts(invocation, counts, milliseconds);
    return undefined;
  },
};

function tellCounts({ sink }: Invocation, counts: BuildCounts, milliseconds: number): void {
  const { built, fetched, substituted, reused } = counts;
  if (built + fetched + substituted === 0) return;
  const copied = substituted === 0 ? '' : `${substituted} from caches, `;
  const work = `${built} built, ${fetched} fetched, ${copied}${reused} reused`;
  sink.emit({ type: 'message', level: 'notice', text: `${work} in ${formatDuration(milliseconds)}` });
}

function showPreview({ terminal, flag }: Invocation, preview: BuildPreview): void {
  if (flag('json')) {
    terminal.out(renderJson(preview));
    return;
  }
  const section = (lines: readonly string[], one: string, many: string): void => {
    if (lines.length === 0) return;
    terminal.err(`${lines.length === 1 ? one : many.replace('N', String(lines.length))}\n`);
    for (const line of lines) terminal.err(`  ${line}\n`);
  };
  const { willFetch, willBuild, perhaps, present, downloads } = preview;
  section(willFetch, 'this will be downloaded:', 'these N will be downloaded:');
  const sizes = sizesOf(downloads);
  section(
    downloads.map(({ path, from }) => `${path} from ${from}`),
    `this path will be copied from a cache (${sizes}):`,
    `these N paths will be copied from caches (${sizes}):`,
  );
  section(willBuild, 'this derivation will be built:', 'these N derivations will be built:');
  section(
    perhaps,
    'this may have to be built, depending on what the others give:',
    'these N may have to be built, depending on what the others give:',
  );
  const work = willBuild.length + willFetch.length + perhaps.length + downloads.length;
  if (work === 0) terminal.err(`nothing to do: ${plural(present.length, 'derivation')} built already\n`);
}

/** How much comes, and how much that becomes. Caches that compress while they send do not know the first. */
function sizesOf(downloads: BuildPreview['downloads']): string {
  const sum = (size: (download: BuildPreview['downloads'][number]) => number): string =>
    formatBytes(downloads.reduce((total, download) => total + size(download), 0));
  const known = downloads.every(({ downloadSize }) => downloadSize !== undefined);
  const unpacked = `${sum(({ unpackedSize }) => unpackedSize)} unpacked`;
  return known ? `${sum(({ downloadSize }) => downloadSize!)} to download, ${unpacked}` : unpacked;
}
