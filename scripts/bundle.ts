/**
 * Bundles the command line into `dist/program.cjs`: one file with nothing to resolve when it starts. A module in it runs
 * when it is first imported, so what a command does not need (the parser, the store, the builder) costs next to
 * nothing; CommonJS, because node starts it faster and because only so are node's own modules loaded late as well.
 * `dist/main.cjs` starts it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build, type Plugin } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const fresh = `${root}dist.${process.pid}.new`;
const old = `${root}dist.${process.pid}.old`;

/** commander asks for it at once, to run subcommands that are programs of their own: there are none here. */
const withoutSubprograms: Plugin = {
  name: 'without-subprograms',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'none', namespace: 'none' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * Modules of node that take milliseconds to load are loaded when something of them is first used, not when the module
 * that imports them runs. (Those that node itself has loaded when it starts, `fs` and `path`, are not among them.)
 */
const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup({ onResolve, onLoad }) {
    const names = 'child_process crypto http https net os sqlite stream stream/promises stream/web tls url util';
    const more = 'v8 vm worker_threads zlib';
    const filter = new RegExp(`^(node:)?(${`${names} ${more}`.replaceAll(' ', '|')})$`);
    onResolve({ filter }, ({ path, namespace }) =>
      namespace === 'late' ? { external: true } : { path: `node:${path.replace(/^node:/, '')}`, namespace: 'late' },
    );
    onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({ contents: lateModule(path) }));
  },
};

function lateModule(name: string): string {
  const keys = Object.keys(createRequire(import.meta.url)(name) as object).filter((key) => key !== 'default');
  return `const load = () => process.getBuiltinModule(${JSON.stringify(name)});
for (const key of ${JSON.stringify(keys)})
  Object.defineProperty(exports, key, { enumerable: true, get: () => load()[key] });`;
}

const options = {
  absWorkingDir: root,
  outdir: fresh,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
} as const;

try {
  await build({
    ...options,
    entryPoints: [
      { in: 'src/cli/main.ts', out: 'program' },
      // A thread begins with a file of its own.
      { in: 'src/store/local/hash-worker.ts', out: 'hash-worker' },
    ],
    alias: { chevrotain: './src/lang/syntax/without-grammar.ts' },
    sourcemap: 'linked',
    sourcesContent: false,
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    plugins: [withoutSubprograms, lateBuiltins],
  });
  const hash = createHash('sha256')
    .update(readFileSync(`${fresh}/program.cjs`))
    .digest('hex')
    .slice(0, 16);
  await build({
    ...options,
    entryPoints: [{ in: 'src/cli/start.ts', out: 'main' }],
    define: { PROGRAM_BUILD: JSON.stringify(hash) },
  });
  // Swapped by renames, so that a sysbuild that starts meanwhile finds the old bundle or the new one.
  if (existsSync(`${root}dist`)) renameSync(`${root}dist`, old);
  renameSync(fresh, `${root}dist`);
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
