/** apt of this machine, asked with lists of its own that any user may fetch, about Debian's own archive alone. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Activity } from '../base/events.ts';
import { ProcessError, run } from '../base/process.ts';
import { type AptSource, debianSourcesFromApt } from '../build/index.ts';
import { AppError } from './errors.ts';
import type { SessionOptions } from './session.ts';

export class Apt {
  readonly #words: readonly string[];

  private constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** Fetches the lists. @param architecture Debian's name; undefined: this machine's */
  static async open(options: SessionOptions, architecture: string | undefined): Promise<Apt> {
    const cache = options.env['XDG_CACHE_HOME'] ?? join(options.env['HOME'] ?? '/tmp', '.cache');
    const folder = join(cache, 'sysbuild/apt', `${architecture ?? 'native'}-lock`);
    const at = (name: string): string => join(folder, name);
    for (const name of ['lists/partial', 'archives/partial', 'empty']) fs.mkdirSync(at(name), { recursive: true });
    const sources = debianSourcesFromApt();
    if (sources.length === 0) throw noSources();
    fs.writeFileSync(at('sources.list'), sources.flatMap(linesOf).join(''));
    fs.writeFileSync(at('status'), '');
    const settings = {
      'Dir::State::Lists': at('lists'),
      'Dir::State::status': at('status'),
      'Dir::Cache': folder,
      'Dir::Etc::sourcelist': at('sources.list'),
      'Dir::Etc::sourceparts': at('empty'),
      'Dir::Etc::preferences': at('none'),
      'Dir::Etc::preferencesparts': at('empty'),
      'Debug::NoLocking': '1',
      // apt would give up root for a user that may not read folders of ours.
      'APT::Sandbox::User': '',
      'APT::Install-Recommends': 'false',
      ...(architecture === undefined ? {} : { 'APT::Architecture': architecture, 'APT::Architectures': architecture }),
    };
    const apt = new Apt(Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]));
    await apt.#update(options);
    return apt;
  }

  /** The architecture that is asked about, in Debian's name. */
  async architecture(): Promise<string> {
    const { stdout } = await this.#run('apt-config', ['shell', 'arch', 'APT::Architecture']);
    return /'(\w+)'/.exec(stdout)?.[1] ?? 'amd64';
  }

  /** Names of the packages that every Debian system has. */
  async essential(): Promise<string[]> {
    const { stdout } = await this.#run('apt', ['-qq', 'list', '?essential']);
    return [...new Set(stdout.split('\n').flatMap((line) => /^([a-z0-9][a-z0-9+.-]*)\//.exec(line)?.[1] ?? []))];
  }

  /** What apt would install on a machine that has nothing. */
  async simulate(names: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.#run('apt-get', ['-qq', '--simulate', 'install', ...names]);
    if (status === 0) return stdout;
    throw new AppError('app/apt', `apt cannot resolve ${names.join(', ')}:\n${(stderr || stdout).trim()}`, {
      hint: `"apt-cache policy ${names[0]}" says what it has.`,
      details: { names },
    });
  }

  async show(names: readonly string[]): Promise<string> {
    return (await this.#run('apt-cache', ['show', ...names])).stdout;
  }

  async showSources(names: readonly string[]): Promise<string> {
    return (await this.#run('apt-cache', ['showsrc', ...names])).stdout;
  }

  async #update(options: SessionOptions): Promise<void> {
    const activity = new Activity(options.sink, 'fetch', "apt's package lists");
    const { status, stderr } = await this.#run('apt-get', ['-q', 'update']);
    activity.stop(status === 0);
    if (status === 0) return;
    throw new AppError('app/apt', `apt cannot read its package lists:\n${stderr.trim()}`, {
      hint: 'Is there a network? "apt-get update" as root shows the same.',
    });
  }

  async #run(program: string, args: readonly string[]) {
    try {
      const env = { ...process.env, LC_ALL: 'C' };
      return await run(program, [...this.#words, ...args], { env, maxOutput: 256 * 1024 * 1024 });
    } catch (error) {
      if (!(error instanceof ProcessError)) throw error;
      throw new AppError('app/apt', `${program} cannot be run: this needs a Debian machine with apt`, { cause: error });
    }
  }
}

/** For packages, and for their sources, which most machines leave out. */
function linesOf({ uris, suites, components, signedBy }: AptSource): string[] {
  const options = signedBy === undefined ? '' : `[signed-by=${signedBy}] `;
  return uris.flatMap((uri) =>
    suites.flatMap((suite) =>
      ['deb', 'deb-src'].map((type) => `${type} ${options}${uri} ${suite} ${components.join(' ')}\n`),
    ),
  );
}

function noSources(): AppError {
  return new AppError('app/apt', 'apt on this machine has no source with Debian’s own archive', {
    hint: 'One is named in /etc/apt/sources.list, or in a file in /etc/apt/sources.list.d.',
  });
}
