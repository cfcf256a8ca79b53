/** Values among the builtins that are no functions. */
import { Shape } from '../runtime/shape.ts';
import { Attrs, Thunk } from '../runtime/value.ts';
import type { ConstantDef } from './registry.ts';

/** The version of Nix whose language this is. */
export const nixVersion = '2.34.8';
/** Counts the changes of the language that programs may have to know of. */
export const langVersion = 6;

const entryShape = new Shape(['path', 'prefix'], null, true);

export const constants: readonly ConstantDef[] = [
  { name: 'true', global: true, doc: 'The Boolean that is true.', value: () => true },
  { name: 'false', global: true, doc: 'The Boolean that is false.', value: () => false },
  { name: 'null', global: true, doc: 'The value that says there is none.', value: () => null },
  {
    name: 'currentTime',
    doc: 'When this evaluation began, in seconds since 1970. Not there in pure evaluation.',
    impure: true,
    value: (rt) => new Thunk(() => rt.host.currentTime()),
  },
  {
    name: 'currentSystem',
    doc: 'The kind of machine that this is, such as `x86_64-linux`. Not there in pure evaluation.',
    impure: true,
    value: (rt) => rt.host.settings.currentSystem,
  },
  { name: 'nixVersion', doc: 'The version of Nix that this language is that of.', value: () => nixVersion },
  { name: 'storeDir', doc: 'The folder of the store.', value: (rt) => rt.host.settings.storeDir },
  { name: 'langVersion', doc: 'The version of the language itself.', value: () => langVersion },
  {
    name: 'nixPath',
    doc: 'Where `<name>` is looked up: a list of `{ path, prefix }`.',
    value: (rt) => rt.host.settings.searchPath.map(({ path, prefix }) => new Attrs(entryShape, [path, prefix])),
  },
];
