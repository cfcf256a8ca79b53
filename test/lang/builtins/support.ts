/** Many expressions asked of the real Nix at once: generated cases need thousands of answers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askRepl } from '../../support/nix-repl.ts';

/** A value as JSON, or the message of an error. */
export type NixAnswer = { readonly json: unknown } | { readonly error: string };

/** What the real Nix makes of each expression (UTF-8 text, or bytes). */
export async function askNix(expressions: readonly (string | Buffer)[], features = ''): Promise<NixAnswer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysbuild-builtins-'));
  try {
    const items = expressions.flatMap((text) => [Buffer.from('('), Buffer.from(text), Buffer.from('\n)\n')]);
    writeFileSync(join(folder, 'cases.nix'), Buffer.concat([Buffer.from('[\n'), ...items, Buffer.from(']\n')]));
    const lines = expressions.map((_, i) => `builtins.toJSON (builtins.elemAt (import ./cases.nix) ${i})`);
    const answers = await askRepl(lines, folder, { NIX_CONFIG: `extra-experimental-features = ${features}` });
    return answers.map(readAnswer);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const colours = /\x1b\[[0-9;]*m/g;

function readAnswer(said: string): NixAnswer {
  const text = said.replace(colours, '');
  const error = text.split(/^ *error: /m).at(-1)!;
  if (error !== text) return { error: error.split('\n       at ')[0]!.trim() };
  return { json: JSON.parse(JSON.parse(text.trim().replaceAll('\\$', '$'))) };
}

/** A text as a literal of the language. */
export function literal(text: string): string {
  const escaped = text
    .replace(/["\\]|\$\{/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `"${escaped}"`;
}
