/** `sysbuild store references`, `referrers`, `requisites`, `referrers-closure`, `deriver`: the same with other arrows. */
import { operations, type Relation } from '../../../app/index.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';
import { renderTree } from '../../render/tree.ts';

function query(relation: Relation, summary: string, example: string): Command {
  const hasTree = relation === 'requisites';
  return {
    name: `store ${relation}`,
    summary,
    operands: 'PATH…',
    operandsComplete: 'file',
    description: 'PATH is a store path, or a link to one.',
    options: [
      ...(hasTree ? [{ long: 'tree', values: [], doc: 'Show what refers to what, as a tree.' }] : []),
      jsonOption,
    ],
    examples: [{ command: `sysbuild store ${relation} ./result`, what: example }],
    async run(invocation) {
      const { related, tree } = await operations.store();
      const { operands, terminal } = invocation;
      if (hasTree && invocation.flag('tree')) {
        const trees = await tree(sessionOptions(invocation), operands);
        if (invocation.flag('json')) terminal.out(renderJson(trees));
        else for (const one of trees) terminal.out(renderTree(one));
        return undefined;
      }
      const paths = await related(sessionOptions(invocation), operands, relation);
      if (invocation.flag('json')) terminal.out(renderJson(paths));
      else for (const path of paths) terminal.out(`${path}\n`);
      return undefined;
    },
  };
}

export const references = query('references', 'list what store paths refer to', 'What the result refers to.');
export const referrers = query('referrers', 'list what refers to store paths', 'What refers to the result.');
export const requisites = query(
  'requisites',
  'list what store paths need, themselves included',
  'All that the result needs in order to run.',
);
export const referrersClosure = query(
  'referrers-closure',
  'list what needs store paths, themselves included',
  'All that would break without the result.',
);
export const deriver = query(
  'deriver',
  'list the derivations that make store paths',
  'What the result was built from.',
);
