/** A store of its own for the real Nix, in a temporary folder, and shell scripts of Nix commands run against it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSync } from '../../src/base/process.ts';
import { oracle } from './oracle.ts';

const settings = [
  'extra-experimental-features = nix-command ca-derivations impure-derivations dynamic-derivations',
  'sandbox = false',
  'build-users-group =',
  'substituters =',
  'substitute = false',
];

export interface OracleStore {
  readonly folder: string;
  /** The folder that stands in store paths. */
  readonly storeDir: string;
  /** Runs a script with the store as Nix's own, in the folder; its output. A script that fails throws. */
  run(script: string): Promise<string>;
  remove(): void;
}

/**
 * @param logical whether paths begin with the temporary folder, so that builds can be run there; otherwise they
 *   begin with `/nix/store`, and nothing can be built
 */
export function oracleStore(logical: 'scratch' | '/nix/store'): OracleStore {
  const folder = mkdtempSync(join(tmpdir(), 'sysbuild-oracle-'));
  const remote =
    logical === 'scratch'
      ? `local?store=${folder}/store&state=${folder}/state&log=${folder}/logs`
      : `local?root=${folder}/root`;
  const env = { ...process.env, NIX_REMOTE: remote, NIX_CONFIG: settings.join('\n') };
  return {
    folder,
    storeDir: logical === 'scratch' ? `${folder}/store` : '/nix/store',
    async run(script) {
      const result = await oracle(['sh', '-euc', script], { cwd: folder, env });
      if (result.status !== 0) throw new Error(`the real Nix failed: ${result.stderr}`);
      return result.stdout;
    },
    remove() {
      runSync('chmod', ['-R', 'u+w', folder]); // folders in a store are read-only
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
