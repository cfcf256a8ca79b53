/** The real program, the example that it switches, and a mirror that needs no network. */
import * as fs from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { runSync } from '../../src/base/process.ts';

export const root: string = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
export const program: string = join(root, 'bin/sysbuild');
export const example: string = join(root, 'examples/first-machine');

/**
 * A mirror in a folder, with the one package that the example needs: downloaded once by sysbuild itself from a real
 * mirror, and kept.
 */
class DebianMirror {
  // Not in the home of who runs the tests: an ordinary user that they play reads it too.
  readonly folder: string = join(tmpdir(), `sysbuild-tests-mirror-${userInfo().uid}`);
  #filled = false;

  get url(): string {
    this.#fill();
    return `file://${this.folder}`;
  }

  #fill(): void {
    if (this.#filled) return;
    this.#filled = true;
    const pins = JSON.parse(fs.readFileSync(join(example, 'debian.json'), 'utf8')) as {
      packages: Record<string, { arch: Record<string, { path: string; sha256: string }> }>;
    };
    const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
    for (const { arch } of Object.values(pins.packages)) {
      const { path, sha256 } = arch[architecture]!;
      if (!fs.existsSync(join(this.folder, path))) this.#download(path, sha256);
    }
  }

  #download(path: string, sha256: string): void {
    const cache = fs.mkdtempSync(join(tmpdir(), 'sysbuild-mirror-'));
    const fetched = `builtins.fetchurl { url = "mirror://debian/${path}"; sha256 = "${sha256}"; name = "package"; }`;
    runSync(program, ['--store', 'dummy://', 'eval', '--expr', fetched], {
      env: { ...process.env, XDG_CACHE_HOME: cache },
    });
    const found = runSync('find', [cache, '-type', 'f', '-name', 'content']).stdout.trim().split('\n')[0];
    if (!found) throw new Error(`no mirror of apt's gives ${path}: is there a network?`);
    fs.mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    fs.copyFileSync(found, `${join(this.folder, path)}.${process.pid}`);
    fs.renameSync(`${join(this.folder, path)}.${process.pid}`, join(this.folder, path));
    fs.rmSync(cache, { recursive: true });
    runSync('chmod', ['-R', 'a+rX', this.folder]);
  }
}

export const debianMirror: DebianMirror = new DebianMirror();
