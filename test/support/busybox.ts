/**
 * A static userland for builders under test: busybox, from Debian's `busybox-static` package as apt gives it, kept
 * in a folder of the user's cache. It shares nothing with the machine that the tests run on.
 */
import * as fs from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSync } from '../../src/base/process.ts';

/** The tree: `bin/busybox`, and a link to it for each of its applets. */
export function busyboxTree(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sysbuild-tests');
  const tree = join(cache, 'busybox-tree');
  if (fs.existsSync(tree)) return tree;
  fs.mkdirSync(cache, { recursive: true });
  const made = fs.mkdtempSync(join(cache, 'making-'));
  fs.mkdirSync(join(made, 'tree/bin'), { recursive: true });
  fs.copyFileSync(installed() ?? downloaded(made), join(made, 'tree/bin/busybox'));
  fs.chmodSync(join(made, 'tree/bin/busybox'), 0o755);
  for (const applet of must(join(made, 'tree/bin/busybox'), ['--list']).trim().split('\n')) {
    if (applet !== 'busybox') fs.symlinkSync('busybox', join(made, 'tree/bin', applet));
  }
  try {
    fs.renameSync(join(made, 'tree'), tree);
  } catch {
    // Another test was faster.
  }
  fs.rmSync(made, { recursive: true, force: true });
  return tree;
}

/** A busybox of this machine, where it is a static one. */
function installed(): string | undefined {
  for (const path of ['/bin/busybox', '/usr/bin/busybox']) {
    if (fs.existsSync(path) && /static/.test(runSync('sh', ['-c', `ldd ${path} 2>&1; file ${path} 2>&1`]).stdout))
      return path;
  }
  return undefined;
}

function downloaded(folder: string): string {
  const work = fs.mkdtempSync(join(tmpdir(), 'sysbuild-busybox-'));
  must('apt-get', ['download', '-qq', 'busybox-static'], work);
  const [deb] = fs.readdirSync(work).filter((name) => name.endsWith('.deb'));
  must('dpkg-deb', ['-x', join(work, deb!), join(folder, 'deb')]);
  fs.rmSync(work, { recursive: true });
  return join(folder, 'deb/bin/busybox');
}

function must(program: string, args: readonly string[], cwd?: string): string {
  const result = runSync(program, args, cwd === undefined ? {} : { cwd });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${result.stderr}`);
  return result.stdout;
}
