/** Where sysbuild itself is installed. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { InternalError } from '../base/errors.ts';

let root: string | undefined;

/** The folder with `package.json`, whether this runs from the sources or from the bundle. */
export function installationRoot(): string {
  for (let folder = import.meta.dirname; root === undefined; folder = dirname(folder)) {
    if (fs.existsSync(join(folder, 'package.json'))) root = folder;
    else if (folder === '/') throw new InternalError('sysbuild cannot find the folder that it is installed in');
  }
  return root;
}

/** The system modules: what `<sysbuild>` means. */
export function modulesDirectory(): string {
  return join(installationRoot(), 'src/activate/modules');
}

/** The files that `<nix/…>` names. */
export function languageFiles(): string {
  return join(installationRoot(), 'src/lang/files');
}

/** What starts sysbuild. */
export function programPath(): string {
  return join(installationRoot(), 'bin/sysbuild');
}

export function version(): string {
  return (JSON.parse(fs.readFileSync(join(installationRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}
