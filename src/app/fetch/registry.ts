/** What short names of inputs stand for: the registry files of the user and of the machine. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../config.ts';

type Attributes = Readonly<Record<string, unknown>>;

interface Entry {
  readonly from: Attributes;
  readonly to: Attributes;
}

export function registryFiles(env: Environment): string[] {
  const config = env['XDG_CONFIG_HOME'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.config'));
  return [...(config === undefined ? [] : [join(config, 'nix/registry.json')]), '/etc/nix/registry.json'];
}

/** The input that a name stands for, with what was asked of the name; undefined when nobody says. */
export function lookUp(files: readonly string[], asked: Attributes): Attributes | undefined {
  for (const { from, to } of files.flatMap(entriesIn)) {
    if (from['type'] !== 'indirect' || from['id'] !== asked['id']) continue;
    const { ref, rev } = asked;
    return { ...to, ...(ref === undefined ? {} : { ref }), ...(rev === undefined ? {} : { rev }) };
  }
  return undefined;
}

function entriesIn(file: string): readonly Entry[] {
  try {
    return (JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly flakes: readonly Entry[] }).flakes;
  } catch {
    return []; // not there, or not of this form
  }
}
