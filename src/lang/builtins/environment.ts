/** What the evaluation is started with. */
import { forceString } from '../runtime/expect.ts';
import type { BuiltinDef } from './registry.ts';

export const environmentBuiltins: readonly BuiltinDef[] = [
  {
    name: 'getEnv',
    args: ['s'],
    doc: 'The environment variable *s*; empty where there is none, and in pure or restricted evaluation.',
    run(rt, name) {
      const { pure, restricted } = rt.host.settings;
      const variable = forceString(name, 'while evaluating the first argument passed to builtins.getEnv');
      return pure || restricted ? '' : (rt.host.getEnv(variable) ?? '');
    },
  },
];
