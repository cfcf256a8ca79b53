/** The commands of the language line by line: what begins with a colon. */
import { readLog } from '../../build/index.ts';
import { AppError } from '../errors.ts';
import { realiseWanted } from '../realise.ts';
import type { Interactive } from './interactive.ts';

/** What a line led to. */
export type Reply =
  /** A byte string for standard output; empty when there is nothing to say. */
  | { readonly kind: 'done'; readonly output: string }
  /** The text is not whole yet. */
  | { readonly kind: 'more' }
  | { readonly kind: 'edit'; readonly file: string; readonly line: number }
  | { readonly kind: 'quit' };

export const done = (output = ''): Reply => ({ kind: 'done', output });

interface ReplCommand {
  readonly names: readonly string[];
  readonly argument: string;
  readonly doc: string;
  run(repl: Interactive, argument: string): Promise<Reply> | Reply;
}

const commands: readonly ReplCommand[] = [
  {
    names: ['?', 'help'],
    argument: '',
    doc: 'This list.',
    run: () => done(help()),
  },
  {
    names: ['a', 'add'],
    argument: 'EXPR',
    doc: 'Make the attributes of a set variables.',
    run: (repl, text) => repl.add(text).then(() => done()),
  },
  {
    names: ['b'],
    argument: 'EXPR',
    doc: 'Build a derivation.',
    run: (repl, text) => build(repl, text, false),
  },
  {
    names: ['bl'],
    argument: 'EXPR',
    doc: 'Build a derivation, with links to its outputs that keep them from being collected.',
    run: (repl, text) => build(repl, text, true),
  },
  {
    names: ['doc'],
    argument: 'EXPR',
    doc: 'Show what is known of a function.',
    run: async (repl, text) => done(await repl.run((lines) => lines.documentation(text))),
  },
  {
    names: ['e', 'edit'],
    argument: 'EXPR',
    doc: 'Open a function, a package or a file in $EDITOR, and then load everything again.',
    run: edit,
  },
  {
    names: ['l', 'load'],
    argument: 'FILE',
    doc: 'Make the attributes of what a file holds variables.',
    run: (repl, name) => repl.load(required(name, ':l FILE')).then(() => done()),
  },
  {
    names: ['ll', 'last-loaded'],
    argument: '',
    doc: 'Show the variables that were added last.',
    run: ({ lastAdded }) => {
      if (lastAdded === undefined) throw new AppError('app/usage', 'nothing has been loaded yet');
      return done(lines(lastAdded));
    },
  },
  {
    names: ['log'],
    argument: 'EXPR',
    doc: 'Show what the build of a derivation wrote.',
    run: log,
  },
  {
    names: ['p', 'print'],
    argument: 'EXPR',
    doc: 'Print a value with everything in it; a string as it is.',
    run: async (repl, text) => {
      const value = await repl.evaluate(text);
      const isText = (await repl.run((all) => all.typeOf(value))).startsWith('a string');
      return done(`${isText ? await repl.textOf(value) : await repl.pretty(value, Infinity)}\n`);
    },
  },
  { names: ['q', 'quit'], argument: '', doc: 'End.', run: () => ({ kind: 'quit' }) },
  {
    names: ['r', 'reload'],
    argument: '',
    doc: 'Load all files again; other variables are forgotten.',
    run: (repl) => repl.reload().then(() => done()),
  },
  {
    names: ['t'],
    argument: 'EXPR',
    doc: 'Say of what type a value is.',
    run: async (repl, text) => {
      const value = await repl.evaluate(text);
      return done(`${await repl.run((all) => all.typeOf(value))}\n`);
    },
  },
  {
    names: ['te', 'trace-enable'],
    argument: '[true|false]',
    doc: 'Show errors with their whole trace, or not.',
    run: (repl, argument) => {
      if (!/^(true|false)?$/.test(argument)) {
        throw new AppError('app/usage', `unexpected argument '${argument}' to :te`);
      }
      repl.showTrace = argument === '' ? !repl.showTrace : argument === 'true';
      return done(`${repl.showTrace ? 'showing' : 'not showing'} error traces\n`);
    },
  },
];

/** Commands that others have, and why they are not here. */
const absent: Readonly<Record<string, string>> = {
  i: 'there are no profiles of packages to install into: a machine is built and switched as a whole. Build with :b',
  u: 'it would need a package set of its own for the shell. Build with :b',
  sh: 'shells in the environment of a build are not made yet. Build with :b',
  lf: 'flakes are not read yet. Load a file with :l',
  'load-flake': 'flakes are not read yet. Load a file with :l',
};

/** Runs a line that begins with a colon. */
export async function runCommand(repl: Interactive, line: string): Promise<Reply> {
  const [, name, argument] = /^:(\S*)\s*([\s\S]*)$/.exec(line)!;
  const command = commands.find(({ names }) => names.includes(name!));
  if (command !== undefined) return command.run(repl, argument!.trim());
  const reason = absent[name!];
  if (reason !== undefined) throw new AppError('app/usage', `sysbuild has no :${name}: ${reason}`);
  throw new AppError('app/usage', `unknown command ':${name}'`, { hint: 'Type :? for help.' });
}

function required(argument: string, usage: string): string {
  if (argument === '') throw new AppError('app/usage', `an argument is missing: ${usage}`);
  return argument;
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

function help(): string {
  const rows: (readonly [string, string])[] = [
    ['EXPR', 'Evaluate an expression and print it.'],
    ['NAME = EXPR', 'Bind a variable.'],
    ...commands.map(
      ({ names, argument, doc }) => [`${names.map((name) => `:${name}`).join(', ')} ${argument}`, doc] as const,
    ),
  ];
  return lines(['Commands:', '', ...rows.map(([what, doc]) => `  ${what.padEnd(28)} ${doc}`)]);
}

async function build(repl: Interactive, text: string, keep: boolean): Promise<Reply> {
  const { drvPath, store } = await repl.derivation(text);
  const names = [...store.readDerivation(drvPath).outputs.keys()];
  const { outputs, failures } = await realiseWanted(repl.session, store, [{ drvPath, outputs: names }]);
  if (failures[0] !== undefined) throw failures[0].error;
  const built = [...outputs.get(drvPath)!].map(([name, path]) => {
    if (!keep) return `  ${name} -> ${path}`;
    store.addPermanentRoot(`${repl.session.cwd}/repl-result-${name}`, path);
    return `  ./repl-result-${name} -> ${path}`;
  });
  return done(lines(['', 'This derivation produced the following outputs:', ...built]));
}

async function log(repl: Interactive, text: string): Promise<Reply> {
  const { drvPath, store } = await repl.derivation(text);
  const found = await readLog(store.logDir, drvPath);
  if (found === undefined) throw new AppError('app/no-log', `there is no log of a build of '${drvPath}'`);
  return done(found.toString('latin1'));
}

async function edit(repl: Interactive, text: string): Promise<Reply> {
  const value = await repl.evaluate(text);
  const place = await repl.run((all) => all.placeOf(value));
  if (place === undefined) throw new AppError('app/usage', 'the value does not say in which file it is');
  return { kind: 'edit', ...place };
}
