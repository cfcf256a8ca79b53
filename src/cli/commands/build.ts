/** `sysbuild build` */
import { type BuildPreview, operations } from '../../app/index.ts';
import { formatDuration, plural } from '../../base/text.ts';
import type { Command, Invocation } from '../command.ts';
import { sessionOptions, subjectOf } from '../evaluation.ts';
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
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild build', what: 'Build ./default.nix.' },
    { command: 'sysbuild build release.nix -A tarball -o tarball', what: 'One attribute, with a link of this name.' },
    { command: 'sysbuild build --dry-run --json', what: 'What would be done, for a program.' },
  ],
  async run(invocation) {
    const { build, previewBuild } = await operations.build();
    const subject = subjectOf(invocation);
    if (invocation.flag('dry-run')) {
      showPreview(invocation, await previewBuild(sessionOptions(invocation), subject));
      return undefined;
    }
    const outLink = invocation.flag('no-out-link') ? undefined : (invocation.value('out-link') ?? 'result');
    const check = invocation.flag('check');
    const { outputs, counts, milliseconds } = await build(sessionOptions(invocation), { subject, outLink, check });
    if (invocation.flag('json')) invocation.terminal.out(renderJson({ outputs, counts, milliseconds }));
    else for (const { outPath } of outputs) invocation.terminal.outBytes(`${outPath}\n`);
    if (!invocation.flag('quiet') && counts.built + counts.fetched > 0) {
      const work = `${counts.built} built, ${counts.fetched} fetched, ${counts.reused} reused`;
      invocation.sink.emit({ type: 'message', level: 'notice', text: `${work} in ${formatDuration(milliseconds)}` });
    }
    return undefined;
  },
};

function showPreview({ terminal, flag }: Invocation, preview: BuildPreview): void {
  if (flag('json')) {
    terminal.out(renderJson(preview));
    return;
  }
  const section = (paths: readonly string[], one: string, many: string): void => {
    if (paths.length === 0) return;
    terminal.err(`${paths.length === 1 ? one : many.replace('N', String(paths.length))}\n`);
    for (const path of paths) terminal.err(`  ${path}\n`);
  };
  section(preview.willFetch, 'this will be downloaded:', 'these N will be downloaded:');
  section(preview.willBuild, 'this derivation will be built:', 'these N derivations will be built:');
  section(
    preview.perhaps,
    'this may have to be built, depending on what the others give:',
    'these N may have to be built, depending on what the others give:',
  );
  const work = preview.willBuild.length + preview.willFetch.length + preview.perhaps.length;
  if (work === 0) terminal.err(`nothing to do: ${plural(preview.present.length, 'derivation')} built already\n`);
}
