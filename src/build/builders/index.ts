/** The builders of our own, by the name in `builder`. */

import { buildenv } from './buildenv.ts';
import { debianRoot } from './debian-root.ts';
import { fetchurl } from './fetchurl.ts';
import type { BuiltinBuilder } from './job.ts';
import { unpackDeb } from './unpack-deb.ts';

export const builtinPrefix = 'builtin:';

const builders: Readonly<Record<string, BuiltinBuilder>> = {
  'builtin:buildenv': buildenv,
  'builtin:fetchurl': fetchurl,
  'builtin:sysbuild-debian-root': debianRoot,
  'builtin:sysbuild-unpack-deb': unpackDeb,
};

export function builtinBuilder(builder: string): BuiltinBuilder | undefined {
  return Object.hasOwn(builders, builder) ? builders[builder] : undefined;
}

export const builtinNames: readonly string[] = Object.keys(builders);
