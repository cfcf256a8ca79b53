/** The table of commands. A command's own file is loaded only when it is needed. */
import type { Command } from '../command.ts';

export interface CommandEntry {
  /** One word, or two for a verb of a group. */
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  /** Left out of the overview: not for people to call. */
  readonly hidden?: boolean;
  load(): Promise<Command>;
}

/** Entries of one group. */
const of =
  (group: string) =>
  (name: string, summary: string, load: () => Promise<Command>): CommandEntry => ({ name, summary, group, load });

const language = of('The language');
const building = of('Building');
const machines = of('Machines');
const stores = of('Stores');
const about = of('About sysbuild');

export const commandTable: readonly CommandEntry[] = [
  language('eval', 'print the value of an expression or file', async () => (await import('./eval.ts')).command),
  language(
    'instantiate',
    'write derivations to the store and print their paths',
    async () => (await import('./instantiate.ts')).command,
  ),
  language('parse', 'print how a file is understood', async () => (await import('./parse.ts')).command),
  language('repl', 'evaluate expressions line by line', async () => (await import('./repl.ts')).command),
  language('fmt', 'format files of the language', async () => (await import('./fmt.ts')).command),
  building(
    'build',
    'build the derivations of a file and print the paths of their outputs',
    async () => (await import('./build.ts')).command,
  ),
  building(
    'develop',
    'open a shell where a derivation would be built',
    async () => (await import('./develop.ts')).command,
  ),
  building('log', 'show what a build wrote', async () => (await import('./log.ts')).command),
  building(
    'lock debian',
    'lock Debian packages with all that they need',
    async () => (await import('./lock.ts')).command,
  ),
  building(
    'pin debian',
    'pin Debian packages to the versions that apt knows',
    async () => (await import('./pin.ts')).command,
  ),
  machines(
    'switch',
    'build a machine from its text and make it current',
    async () => (await import('./switch.ts')).command,
  ),
  machines(
    'plan',
    'build a machine from its text and say what a switch would do',
    async () => (await import('./plan.ts')).command,
  ),
  machines('apply', 'carry out a plan that was made before', async () => (await import('./apply.ts')).command),
  machines(
    'test',
    'build a machine from its text and try it out until it boots',
    async () => (await import('./test.ts')).command,
  ),
  machines('boot', 'build a machine from its text, for its next boot', async () => (await import('./boot.ts')).command),
  machines(
    'options',
    'show what a machine can be told, and what it is told',
    async () => (await import('./options.ts')).command,
  ),
  machines(
    'rollback',
    'make an older generation of a machine current again',
    async () => (await import('./rollback.ts')).command,
  ),
  machines('generations', 'list the generations of a machine', async () => (await import('./generations.ts')).command),
  machines(
    'diff',
    'show what differs between two generations of a machine',
    async () => (await import('./diff.ts')).command,
  ),
  machines(
    'status',
    'show which generation a machine is, and what is not as declared',
    async () => (await import('./status.ts')).command,
  ),
  machines('history', 'show what was done to a machine', async () => (await import('./history.ts')).command),
  machines(
    'confirm',
    'say that a switched machine can still be reached',
    async () => (await import('./confirm.ts')).command,
  ),
  machines(
    'abort',
    'give up the switch of a machine that is under way, interrupted, on trial or staged',
    async () => (await import('./abort.ts')).command,
  ),
  machines(
    'recover',
    'undo what an interrupted switch left of a machine',
    async () => (await import('./recover.ts')).command,
  ),
  {
    ...machines(
      'supervise',
      'carry out a run of the machine (started by sysbuild itself)',
      async () => (await import('./supervise.ts')).command,
    ),
    hidden: true,
  },
  machines(
    'map',
    'show which realm every part of a machine belongs to',
    async () => (await import('./map.ts')).command,
  ),
  machines(
    'map explain',
    'say all that is known of a path of a machine',
    async () => (await import('./map.ts')).explain,
  ),
  machines(
    'drift',
    'show what on a machine is not as somebody said, judged by its realm',
    async () => (await import('./drift.ts')).command,
  ),
  machines(
    'converge',
    'bring what converges on a machine back into its declared shape',
    async () => (await import('./converge.ts')).command,
  ),
  machines(
    'facts',
    'show what a machine is, as its convergent resources see it',
    async () => (await import('./converge.ts')).facts,
  ),
  machines(
    'override',
    'mark an emergency change that ends by itself',
    async () => (await import('./override.ts')).command,
  ),
  machines('override list', 'list the overrides that are in force', async () => (await import('./override.ts')).list),
  machines(
    'override end',
    'end an override now: what was before comes back',
    async () => (await import('./override.ts')).end,
  ),
  machines(
    'override promote',
    'write an override as a module, and leave the change in place',
    async () => (await import('./override.ts')).promote,
  ),
  machines(
    'journal',
    'show every change that was made to a machine, in order',
    async () => (await import('./journal.ts')).command,
  ),
  machines('enter', 'run a program on a machine that is a folder', async () => (await import('./enter.ts')).command),
  stores('gc', 'delete what nothing in the store needs any more', async () => (await import('./gc.ts')).command),
  stores(
    'store path-info',
    'say what is known of store paths',
    async () => (await import('./store/path-info.ts')).command,
  ),
  stores(
    'store references',
    'list what store paths refer to',
    async () => (await import('./store/query.ts')).references,
  ),
  stores(
    'store referrers',
    'list what refers to store paths',
    async () => (await import('./store/query.ts')).referrers,
  ),
  stores(
    'store requisites',
    'list what store paths need, themselves included',
    async () => (await import('./store/query.ts')).requisites,
  ),
  stores(
    'store referrers-closure',
    'list what needs store paths, themselves included',
    async () => (await import('./store/query.ts')).referrersClosure,
  ),
  stores(
    'store deriver',
    'list the derivations that make store paths',
    async () => (await import('./store/query.ts')).deriver,
  ),
  stores(
    'store tree',
    'show what store paths refer to, and that in turn, as trees',
    async () => (await import('./store/size.ts')).tree,
  ),
  stores(
    'store size',
    'say how large store paths are, alone and with all that they need',
    async () => (await import('./store/size.ts')).size,
  ),
  stores('store outputs', 'list the outputs of derivations', async () => (await import('./store/outputs.ts')).outputs),
  stores(
    'store by-hash',
    'find store paths by their hash parts',
    async () => (await import('./store/outputs.ts')).byHash,
  ),
  stores(
    'store realisations',
    'say which output of a derivation became which path',
    async () => (await import('./store/realisations.ts')).command,
  ),
  stores(
    'store roots',
    'list what keeps store paths from being collected',
    async () => (await import('./store/roots.ts')).command,
  ),
  stores(
    'store why-alive',
    'say what keeps a store path from being collected',
    async () => (await import('./store/why.ts')).command,
  ),
  stores('store add', 'copy files or folders into the store', async () => (await import('./store/add.ts')).command),
  stores(
    'store dump',
    'write a store path as an archive (NAR) to standard output',
    async () => (await import('./store/dump.ts')).command,
  ),
  stores(
    'store verify',
    'compare the store with what is known of it',
    async () => (await import('./store/verify.ts')).verify,
  ),
  stores(
    'store repair',
    'bring back the bytes of store paths that are damaged',
    async () => (await import('./store/verify.ts')).repair,
  ),
  stores(
    'store optimise',
    'keep equal files once, as hard links',
    async () => (await import('./store/optimise.ts')).command,
  ),
  stores(
    'copy',
    'copy store paths with all that they need to or from a cache or another store',
    async () => (await import('./copy.ts')).command,
  ),
  stores(
    'export',
    'write store paths with all that they need as one file or folder',
    async () => (await import('./export.ts')).command,
  ),
  stores('import', 'read store paths from what `export` wrote', async () => (await import('./import.ts')).command),
  stores('sign', 'sign store paths', async () => (await import('./sign.ts')).command),
  stores('key generate', 'make a secret key', async () => (await import('./key.ts')).generate),
  stores(
    'key public',
    'print the public key that belongs to a secret one',
    async () => (await import('./key.ts')).publicPart,
  ),
  stores('serve', 'offer the store as a binary cache', async () => (await import('./serve.ts')).command),
  about(
    'config',
    'show every setting, its value, and where the value comes from',
    async () => (await import('./config.ts')).command,
  ),
  about('completion', 'print a completion script for a shell', async () => (await import('./completion.ts')).command),
];
