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

const language = 'The language';
const building = 'Building';
const machines = 'Machines';
const stores = 'Stores';
const about = 'About sysbuild';

export const commandTable: readonly CommandEntry[] = [
  {
    name: 'eval',
    summary: 'print the value of an expression or file',
    group: language,
    load: async () => (await import('./eval.ts')).command,
  },
  {
    name: 'instantiate',
    summary: 'write derivations to the store and print their paths',
    group: language,
    load: async () => (await import('./instantiate.ts')).command,
  },
  {
    name: 'parse',
    summary: 'print how a file is understood',
    group: language,
    load: async () => (await import('./parse.ts')).command,
  },
  {
    name: 'repl',
    summary: 'evaluate expressions line by line',
    group: language,
    load: async () => (await import('./repl.ts')).command,
  },
  {
    name: 'fmt',
    summary: 'format files of the language',
    group: language,
    load: async () => (await import('./fmt.ts')).command,
  },
  {
    name: 'build',
    summary: 'build the derivations of a file and print the paths of their outputs',
    group: building,
    load: async () => (await import('./build.ts')).command,
  },
  {
    name: 'develop',
    summary: 'open a shell where a derivation would be built',
    group: building,
    load: async () => (await import('./develop.ts')).command,
  },
  {
    name: 'log',
    summary: 'show what a build wrote',
    group: building,
    load: async () => (await import('./log.ts')).command,
  },
  {
    name: 'lock debian',
    summary: 'lock Debian packages with all that they need',
    group: building,
    load: async () => (await import('./lock.ts')).command,
  },
  {
    name: 'pin debian',
    summary: 'pin Debian packages to the versions that apt knows',
    group: building,
    load: async () => (await import('./pin.ts')).command,
  },
  {
    name: 'switch',
    summary: 'build a machine from its text and make it current',
    group: machines,
    load: async () => (await import('./switch.ts')).command,
  },
  {
    name: 'plan',
    summary: 'build a machine from its text and say what a switch would do',
    group: machines,
    load: async () => (await import('./plan.ts')).command,
  },
  {
    name: 'apply',
    summary: 'carry out a plan that was made before',
    group: machines,
    load: async () => (await import('./apply.ts')).command,
  },
  {
    name: 'test',
    summary: 'build a machine from its text and try it out until it boots',
    group: machines,
    load: async () => (await import('./test.ts')).command,
  },
  {
    name: 'boot',
    summary: 'build a machine from its text, for its next boot',
    group: machines,
    load: async () => (await import('./boot.ts')).command,
  },
  {
    name: 'options',
    summary: 'show what a machine can be told, and what it is told',
    group: machines,
    load: async () => (await import('./options.ts')).command,
  },
  {
    name: 'rollback',
    summary: 'make an older generation of a machine current again',
    group: machines,
    load: async () => (await import('./rollback.ts')).command,
  },
  {
    name: 'generations',
    summary: 'list the generations of a machine',
    group: machines,
    load: async () => (await import('./generations.ts')).command,
  },
  {
    name: 'diff',
    summary: 'show what differs between two generations of a machine',
    group: machines,
    load: async () => (await import('./diff.ts')).command,
  },
  {
    name: 'status',
    summary: 'show which generation a machine is, and what is not as declared',
    group: machines,
    load: async () => (await import('./status.ts')).command,
  },
  {
    name: 'history',
    summary: 'show what was done to a machine',
    group: machines,
    load: async () => (await import('./history.ts')).command,
  },
  {
    name: 'confirm',
    summary: 'say that a switched machine can still be reached',
    group: machines,
    load: async () => (await import('./confirm.ts')).command,
  },
  {
    name: 'abort',
    summary: 'give up the switch of a machine that is under way, interrupted, on trial or staged',
    group: machines,
    load: async () => (await import('./abort.ts')).command,
  },
  {
    name: 'recover',
    summary: 'undo what an interrupted switch left of a machine',
    group: machines,
    load: async () => (await import('./recover.ts')).command,
  },
  {
    name: 'supervise',
    summary: 'carry out a run of the machine (started by sysbuild itself)',
    group: machines,
    hidden: true,
    load: async () => (await import('./supervise.ts')).command,
  },
  {
    name: 'map',
    summary: 'show which realm every part of a machine belongs to',
    group: machines,
    load: async () => (await import('./map.ts')).command,
  },
  {
    name: 'map explain',
    summary: 'say all that is known of a path of a machine',
    group: machines,
    load: async () => (await import('./map.ts')).explain,
  },
  {
    name: 'drift',
    summary: 'show what on a machine is not as somebody said, judged by its realm',
    group: machines,
    load: async () => (await import('./drift.ts')).command,
  },
  {
    name: 'converge',
    summary: 'bring what converges on a machine back into its declared shape',
    group: machines,
    load: async () => (await import('./converge.ts')).command,
  },
  {
    name: 'facts',
    summary: 'show what a machine is, as its convergent resources see it',
    group: machines,
    load: async () => (await import('./converge.ts')).facts,
  },
  {
    name: 'override',
    summary: 'mark an emergency change that ends by itself',
    group: machines,
    load: async () => (await import('./override.ts')).command,
  },
  {
    name: 'override list',
    summary: 'list the overrides that are in force',
    group: machines,
    load: async () => (await import('./override.ts')).list,
  },
  {
    name: 'override end',
    summary: 'end an override now: what was before comes back',
    group: machines,
    load: async () => (await import('./override.ts')).end,
  },
  {
    name: 'override promote',
    summary: 'write an override as a module, and leave the change in place',
    group: machines,
    load: async () => (await import('./override.ts')).promote,
  },
  {
    name: 'journal',
    summary: 'show every change that was made to a machine, in order',
    group: machines,
    load: async () => (await import('./journal.ts')).command,
  },
  {
    name: 'enter',
    summary: 'run a program on a machine that is a folder',
    group: machines,
    load: async () => (await import('./enter.ts')).command,
  },
  {
    name: 'gc',
    summary: 'delete what nothing in the store needs any more',
    group: stores,
    load: async () => (await import('./gc.ts')).command,
  },
  {
    name: 'store path-info',
    summary: 'say what is known of store paths',
    group: stores,
    load: async () => (await import('./store/path-info.ts')).command,
  },
  {
    name: 'store references',
    summary: 'list what store paths refer to',
    group: stores,
    load: async () => (await import('./store/query.ts')).references,
  },
  {
    name: 'store referrers',
    summary: 'list what refers to store paths',
    group: stores,
    load: async () => (await import('./store/query.ts')).referrers,
  },
  {
    name: 'store requisites',
    summary: 'list what store paths need, themselves included',
    group: stores,
    load: async () => (await import('./store/query.ts')).requisites,
  },
  {
    name: 'store referrers-closure',
    summary: 'list what needs store paths, themselves included',
    group: stores,
    load: async () => (await import('./store/query.ts')).referrersClosure,
  },
  {
    name: 'store deriver',
    summary: 'list the derivations that make store paths',
    group: stores,
    load: async () => (await import('./store/query.ts')).deriver,
  },
  {
    name: 'store tree',
    summary: 'show what store paths refer to, and that in turn, as trees',
    group: stores,
    load: async () => (await import('./store/size.ts')).tree,
  },
  {
    name: 'store size',
    summary: 'say how large store paths are, alone and with all that they need',
    group: stores,
    load: async () => (await import('./store/size.ts')).size,
  },
  {
    name: 'store outputs',
    summary: 'list the outputs of derivations',
    group: stores,
    load: async () => (await import('./store/outputs.ts')).outputs,
  },
  {
    name: 'store by-hash',
    summary: 'find store paths by their hash parts',
    group: stores,
    load: async () => (await import('./store/outputs.ts')).byHash,
  },
  {
    name: 'store realisations',
    summary: 'say which output of a derivation became which path',
    group: stores,
    load: async () => (await import('./store/realisations.ts')).command,
  },
  {
    name: 'store roots',
    summary: 'list what keeps store paths from being collected',
    group: stores,
    load: async () => (await import('./store/roots.ts')).command,
  },
  {
    name: 'store why-alive',
    summary: 'say what keeps a store path from being collected',
    group: stores,
    load: async () => (await import('./store/why.ts')).command,
  },
  {
    name: 'store add',
    summary: 'copy files or folders into the store',
    group: stores,
    load: async () => (await import('./store/add.ts')).command,
  },
  {
    name: 'store dump',
    summary: 'write a store path as an archive (NAR) to standard output',
    group: stores,
    load: async () => (await import('./store/dump.ts')).command,
  },
  {
    name: 'store verify',
    summary: 'compare the store with what is known of it',
    group: stores,
    load: async () => (await import('./store/verify.ts')).verify,
  },
  {
    name: 'store repair',
    summary: 'bring back the bytes of store paths that are damaged',
    group: stores,
    load: async () => (await import('./store/verify.ts')).repair,
  },
  {
    name: 'store optimise',
    summary: 'keep equal files once, as hard links',
    group: stores,
    load: async () => (await import('./store/optimise.ts')).command,
  },
  {
    name: 'copy',
    summary: 'copy store paths with all that they need to or from a cache or another store',
    group: stores,
    load: async () => (await import('./copy.ts')).command,
  },
  {
    name: 'export',
    summary: 'write store paths with all that they need as one file or folder',
    group: stores,
    load: async () => (await import('./export.ts')).command,
  },
  {
    name: 'import',
    summary: 'read store paths from what `export` wrote',
    group: stores,
    load: async () => (await import('./import.ts')).command,
  },
  {
    name: 'sign',
    summary: 'sign store paths',
    group: stores,
    load: async () => (await import('./sign.ts')).command,
  },
  {
    name: 'key generate',
    summary: 'make a secret key',
    group: stores,
    load: async () => (await import('./key.ts')).generate,
  },
  {
    name: 'key public',
    summary: 'print the public key that belongs to a secret one',
    group: stores,
    load: async () => (await import('./key.ts')).publicPart,
  },
  {
    name: 'serve',
    summary: 'offer the store as a binary cache',
    group: stores,
    load: async () => (await import('./serve.ts')).command,
  },
  {
    name: 'config',
    summary: 'show every setting, its value, and where the value comes from',
    group: about,
    load: async () => (await import('./config.ts')).command,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    group: about,
    load: async () => (await import('./completion.ts')).command,
  },
];
