/** The real program in scratch folders: with a home of its own, and nothing else of the machine's environment. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, test } from 'vitest';
import { ended, type RunResult, run, runSync, start } from '../../src/base/process.ts';
import { debianMirror, program, root } from '../support/program.ts';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) runSync('sh', ['-c', 'chmod -R u+w "$1" 2>/dev/null; rm -rf "$1"', 'sh', folder]);
});

export interface Call {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** As an ordinary user, where the tests are run by root. */
  readonly asUser?: boolean;
}

/** An id that nobody has. */
const userId = 61234;

/** A folder with a home in it. Everything that is run here stays here. */
export class Place {
  readonly folder: string;
  readonly #asUser: boolean;
  readonly #mirror: boolean;

  constructor(options: { readonly asUser?: boolean; readonly mirror?: boolean } = {}) {
    this.#mirror = options.mirror === true;
    this.folder = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'sysbuild-e2e-'));
    this.#asUser = options.asUser === true && process.geteuid?.() === 0;
    folders.push(this.folder);
    fs.mkdirSync(this.at('home'));
    if (this.#asUser) for (const path of [this.folder, this.at('home')]) fs.chownSync(path, userId, userId);
    else fs.chmodSync(this.folder, 0o755);
  }

  at(...names: string[]): string {
    return join(this.folder, ...names);
  }

  write(name: string, text: string): string {
    const path = this.at(name);
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, text);
    return path;
  }

  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      HOME: this.at('home'),
      PATH: process.env['PATH']!,
      TERM: 'dumb',
      LC_ALL: 'C.UTF-8',
      ...(this.#mirror ? { SYSBUILD_CONFIG: `mirror-debian = ${debianMirror.url}` } : {}),
      ...(process.env['SYSBUILD_TOOLS'] === undefined ? {} : { SYSBUILD_TOOLS: process.env['SYSBUILD_TOOLS'] }),
      ...more,
    };
  }

  #words(words: readonly string[]): [string, string[]] {
    if (!this.#asUser) return [program, [...words]];
    const drop = [`--reuid=${userId}`, `--regid=${userId}`, '--clear-groups'];
    return ['setpriv', [...drop, program, ...words]];
  }

  run(words: readonly string[], call: Call = {}): Promise<RunResult> {
    const [command, args] = this.#words(words);
    const { input } = call;
    return run(command, args, {
      cwd: call.cwd ?? this.folder,
      env: this.env(call.env),
      ...(input === undefined ? {} : { input }),
    });
  }

  /** Runs and must succeed; what it wrote to standard output. */
  async ok(words: readonly string[], call: Call = {}): Promise<string> {
    const result = await this.run(words, call);
    if (result.status !== 0) throw new Error(`sysbuild ${words.join(' ')}: ${result.status}\n${result.stderr}`);
    return result.stdout;
  }

  /** Starts the program, as the leader of a process group. */
  start(words: readonly string[], call: Call = {}) {
    const [command, args] = this.#words(words);
    const child = start(command, args, {
      cwd: call.cwd ?? this.folder,
      env: this.env(call.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => void (output += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => void (output += chunk.toString()));
    return { child, end: ended(child, command), output: () => output };
  }
}

/** Whether an ordinary user can be played here: by root who can drop its rights, or by somebody who has none. */
export const canBeUser: boolean =
  process.geteuid?.() !== 0 ||
  runSync('setpriv', [
    `--reuid=${userId}`,
    `--regid=${userId}`,
    '--clear-groups',
    'test',
    '-r',
    `${root}/dist/main.cjs`,
  ]).status === 0;

/** Runs once for each user that can be played: root, and an ordinary one. */
export function testAsEach(name: string, body: (place: Place) => Promise<void>, timeout?: number): void {
  if (process.geteuid?.() === 0) test(`${name} (as root)`, () => body(new Place({ mirror: true })), timeout);
  if (canBeUser) test(`${name} (as an ordinary user)`, () => body(new Place({ asUser: true, mirror: true })), timeout);
  else test.skip(`${name} (as an ordinary user: who may not read ${root})`, () => {});
}

/** Every file below a folder: its kind, mode, and bytes or target. */
export function snapshot(folder: string, leaveOut: (path: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    const full = join(folder, path);
    const stats = fs.lstatSync(full);
    if (leaveOut(path)) return;
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) found[path] = `-> ${fs.readlinkSync(full)}`;
    else if (stats.isDirectory()) {
      found[path] = `folder ${mode}`;
      for (const name of fs.readdirSync(full)) visit(join(path, name));
    } else found[path] = `file ${mode} ${fs.readFileSync(full, 'latin1')}`;
  };
  visit('/');
  return found;
}
