/**
 * The declared fallback: the builder runs as we do, sees the whole machine, and keeps only the environment of a
 * sandbox. It finds its inputs at their store paths, so this works only where the store is at its logical place.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { bytesOf, fromUnicode } from '../../base/bytes.ts';
import { BuildError } from '../errors.ts';
import type { BuilderJob, BuildPlace, Ending } from '../place.ts';
import { runBuilder } from '../run-builder.ts';
import type { Room } from '../workspace.ts';
import { unsandboxedScript } from './bubblewrap.ts';

const home = '/homeless-shelter';

export class Unsandboxed implements BuildPlace {
  readonly seesStore = true;
  readonly #storeDir: string;

  /** @throws BuildError `build/no-sandbox` where builders could not work without one */
  constructor(store: { readonly storeDir: string; readonly realStoreDir: string }) {
    if (store.realStoreDir !== store.storeDir) throw elsewhere(store);
    if (fs.existsSync(home)) throw homeExists();
    this.#storeDir = store.storeDir;
  }

  buildDir(room: Room): string {
    return room.build;
  }

  outputFolder(): string {
    return this.#storeDir;
  }

  close(): void {}

  async run(job: BuilderJob): Promise<Ending> {
    const { room, derivation, environment } = job;
    for (const [name, text] of environment.files) fs.writeFileSync(join(room.build, name), bytesOf(text));
    const script = join(room.folder, 'run.sh');
    const text = unsandboxedScript({
      workingDirectory: fromUnicode(room.build),
      variables: environment.variables,
      program: derivation.builder,
      args: environment.args,
    });
    fs.writeFileSync(script, bytesOf(text));
    const { status, signal } = await runBuilder({
      program: '/bin/sh',
      args: [script],
      cwd: room.build,
      env: { PATH: process.env['PATH'] },
      pipe: room.pipe,
      output: job.output,
      signal: job.signal,
      grace: 1000,
      extra: [],
    });
    return { kind: 'exited', status: status ?? 128 + (signal === 'SIGKILL' ? 9 : 15) };
  }
}

function elsewhere({ storeDir, realStoreDir }: { storeDir: string; realStoreDir: string }): BuildError {
  return new BuildError(
    'build/no-sandbox',
    `without a sandbox builders look for their inputs in '${storeDir}', but this store is in '${realStoreDir}'`,
    {
      hint: `Build with the sandbox, which shows the one as the other (as root: apt-get install bubblewrap; as any user: scripts/setup), or as root with the store in '${storeDir}' itself.`,
      details: { storeDir, realStoreDir },
    },
  );
}

function homeExists(): BuildError {
  return new BuildError('build/no-sandbox', `the folder '${home}' exists, which builders without a sandbox would use`, {
    hint: 'Remove it: it is the home that builders are told of because nothing should be there.',
    details: { path: home },
  });
}
