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

export class OracleStore {
  private readonly usual: boolean;
  private made: string | undefined;

  /**
   * @param logical whether paths begin with the temporary folder, so that builds can be run there; otherwise they
   *   begin with `/nix/store`, and nothing can be built
   */
  constructor(logical: 'scratch' | '/nix/store') {
    this.usual = logical === '/nix/store';
  }

  /** Made when it is first asked for: where no oracle is, nothing is left behind. */
  get folder(): string {
    return (this.made ??= mkdtempSync(join(tmpdir(), 'sysbuild-oracle-')));
  }

  /** The folder that stands in store paths. */
  get storeDir(): string {
    return this.usual ? '/nix/store' : `${this.folder}/store`;
  }

  /** Runs a script with the store as Nix's own, in the folder; its output. A script that fails throws. */
  async run(script: string): Promise<string> {
    const { folder } = this;
    const scratch = `local?store=${folder}/store&state=${folder}/state&log=${folder}/logs`;
    const remote = this.usual ? `local?root=${folder}/root` : scratch;
    const env = { ...process.env, NIX_REMOTE: remote, NIX_CONFIG: settings.join('\n') };
    const result = await oracle(['sh', '-euc', script], { cwd: folder, env });
    if (result.status !== 0) throw new Error(`the real Nix failed: ${result.stderr}`);
    return result.stdout;
  }

  remove(): void {
    if (this.made === undefined) return;
    runSync('chmod', ['-R', 'u+w', this.made]); // folders in a store are read-only
    rmSync(this.made, { recursive: true, force: true });
  }
}
