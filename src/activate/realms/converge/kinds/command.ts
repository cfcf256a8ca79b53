/** A command guarded by a check: `check` succeeds when all is well, `apply` makes it so. Facts are in `SYSBUILD_FACTS`. */
import { type MakeResource, ResourceError, type World } from '../resource.ts';
import { readSettings } from '../settings.ts';
import { programs } from './host-program.ts';

export const command: MakeResource = (entry, world) => {
  const { check, apply } = readSettings(entry, (settings) => {
    settings.only('check', 'apply', 'handler');
    const guard = settings.strings('check');
    const words = settings.fields.strings('apply');
    if (words.length === 0) throw new ResourceError('`apply` names no program');
    if (guard === undefined && !settings.boolean('handler', false)) throw new ResourceError('it has no `check`');
    return { check: guard ?? [], apply: words };
  });
  return {
    check() {
      if (check.length === 0) return undefined;
      const { status } = runWithFacts(world, check);
      return status === 0 ? undefined : `the check '${check.join(' ')}' ended with ${status}`;
    },
    apply() {
      const { status, stderr } = runWithFacts(world, apply);
      if (status !== 0)
        throw new ResourceError(`'${apply.join(' ')}' ended with ${status}: ${stderr.trim().slice(-500)}`);
    },
  };
};

function runWithFacts(world: World, words: readonly string[]): { status: number; stderr: string } {
  const { status, stderr } = programs(world)('env', [`SYSBUILD_FACTS=${world.facts()}`, ...words]);
  // 127: env could not find the program.
  if (status === undefined || status === 127) throw new ResourceError(`cannot run '${words[0]}': ${stderr.trim()}`);
  return { status, stderr };
}
