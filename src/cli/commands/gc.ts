/** `sysbuild gc` */
import { AppError, operations, parseSize } from '../../app/index.ts';
import { formatBytes, plural } from '../../base/text.ts';
import type { Command, Invocation } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'gc',
  summary: 'delete what nothing in the store needs any more',
  operands: '',
  description:
    'Kept are: what links made by build and instantiate lead to, every generation of the machine, what running ' +
    'processes use, and all that these need. Others may build meanwhile. With --keep-generations and --older-than ' +
    'old generations go first, never the current one; with both, those that both give up.',
  options: [
    { long: 'dry-run', values: [], doc: 'Only say what would be deleted, and why.' },
    {
      long: 'max-freed',
      values: ['BYTES'],
      doc: 'Stop after so many bytes (K, M, G, T are units).',
      completes: 'none',
    },
    {
      long: 'keep-generations',
      values: ['N'],
      doc: 'Give up all generations of each profile but the newest N.',
      completes: 'none',
    },
    {
      long: 'older-than',
      values: ['AGE'],
      doc: 'Give up generations that were replaced longer ago than this (30d; h, d and w are units).',
      completes: 'none',
    },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild gc --dry-run', what: 'What would go, and why.' },
    { command: 'sysbuild --store ~/first-machine gc', what: 'In the store of a machine.' },
    { command: 'sysbuild gc --keep-generations 3 --older-than 30d', what: 'Of old generations keep three.' },
  ],
  async run(invocation) {
    const { collect } = await operations.store();
    if (invocation.flag('dry-run')) return preview(invocation);
    const { terminal } = invocation;
    const result = await collect(sessionOptions(invocation), requestOf(invocation));
    if (invocation.flag('json')) terminal.out(renderJson(result));
    else {
      for (const path of result.deleted) terminal.out(`${path}\n`);
      const generations = result.expired.length === 0 ? '' : `${plural(result.expired.length, 'generation')} and `;
      terminal.err(
        `${generations}${plural(result.deleted.length, 'path')} deleted, ${formatBytes(result.freed)} freed\n`,
      );
    }
    return undefined;
  },
};

async function preview(invocation: Invocation): Promise<undefined> {
  const { previewCollection } = await operations.store();
  const { terminal } = invocation;
  const plan = await previewCollection(sessionOptions(invocation), requestOf(invocation));
  if (invocation.flag('json')) terminal.out(renderJson(plan));
  else {
    for (const { link } of plan.expired) terminal.out(`${link} (generation)\n`);
    for (const { path, because } of plan.dead) {
      const why = { unneeded: 'nothing needs it', 'needed-by-dead': 'needed only by', expired: 'kept only by' };
      const what =
        because.kind === 'needed-by-dead' ? ` ${because.path}` : because.kind === 'expired' ? ` ${because.link}` : '';
      terminal.out(`${path}: ${why[because.kind]}${what}\n`);
    }
    terminal.err(
      `${plural(plan.dead.length, 'path')} would be deleted, ${formatBytes(plan.deadSize)}; ${plan.alive} stay\n`,
    );
  }
  return undefined;
}

function requestOf(invocation: Invocation) {
  const keep = invocation.value('keep-generations');
  const age = invocation.value('older-than');
  return {
    maxFreed: sizeOption(invocation.value('max-freed')),
    generations: {
      keep: keep === undefined ? undefined : countOption(keep),
      before: age === undefined ? undefined : Math.floor(Date.now() / 1000) - ageOption(age),
    },
  };
}

function sizeOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = parseSize(text);
  if (size === undefined) throw new AppError('app/usage', `'${text}' is no number of bytes`);
  return size;
}

function countOption(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AppError('app/usage', `'${text}' is no number of generations`, { hint: 'At least one is kept.' });
}

const units: Readonly<Record<string, number>> = { h: 3600, d: 86_400, w: 604_800 };

/** Seconds. */
function ageOption(text: string): number {
  const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * units[unit!]!;
  throw new AppError('app/usage', `'${text}' is no age`, { hint: 'Name one as 30d; h, d and w are units.' });
}
