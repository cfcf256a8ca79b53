/**
 * Bundles the command line into `dist/`: what starts is one file with nothing to resolve, and what a command may not
 * need (the parser, the store, the builder) lies in chunks of its own that are loaded when it does.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const fresh = `${root}dist.${process.pid}.new`;
const old = `${root}dist.${process.pid}.old`;
try {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outdir: fresh,
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    sourcemap: 'linked',
    sourcesContent: false,
    minifySyntax: true,
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
  });
  // Swapped by renames, so that a sysbuild that starts meanwhile finds the old bundle or the new one.
  if (existsSync(`${root}dist`)) renameSync(`${root}dist`, old);
  renameSync(fresh, `${root}dist`);
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
