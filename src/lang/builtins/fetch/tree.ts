/** `fetchTree`, `fetchGit` and `fetchMercurial`: trees under version control, or from elsewhere, with what is known of them. */
import { addTrace, EvalError } from '../../errors.ts';
import type { FetchResult } from '../../host.ts';
import { AttrsBuilder } from '../../runtime/attrs.ts';
import { coerceToString } from '../../runtime/coerce.ts';
import { Context } from '../../runtime/context.ts';
import { forceString, makeString, textOf } from '../../runtime/expect.ts';
import { showName } from '../../runtime/print.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { force } from '../../runtime/thunk.ts';
import { toJson } from '../../runtime/to-json.ts';
import { showType } from '../../runtime/types.ts';
import { Attrs, type Forced, Path, Str, type Value } from '../../runtime/value.ts';
import { forceStringAt } from '../arguments.ts';
import { asEvalError, guarded, requireFeature } from '../guard.ts';
import type { BuiltinDef } from '../registry.ts';
import { flagAttr, type Input, type InputAttrs, type InputValue, requiredText } from './input.ts';
import { inputFromAttrs, inputFromUrl, inputUrl } from './schemes.ts';
import { timeText } from './time-text.ts';
import { gitUrl, parseUrl, printUrl } from './url.ts';

type Fetcher = 'fetchGit' | 'fetchTree';

function attributesOf(rt: Runtime, set: Attrs, who: Fetcher): Map<string, InputValue> {
  const attrs = new Map<string, InputValue>([['type', typeOf(set, who)]]);
  set.names().forEach((name, at) => {
    if (name !== 'type') attrs.set(name, attributeOf(rt, set, name, force(set.valueAt(at)), who));
  });
  return attrs;
}

function typeOf(set: Attrs, who: Fetcher): string {
  const type = set.get('type');
  if (who === 'fetchGit') {
    if (type === undefined) return 'git';
    throw new EvalError('other', "unexpected argument 'type'");
  }
  if (type === undefined) throw new EvalError('other', `argument 'type' is missing in call to '${who}'`);
  return forceStringAt(type, `while evaluating the \`type\` argument passed to '${who}'`, set, 'type');
}

function attributeOf(rt: Runtime, set: Attrs, name: string, value: Forced, who: Fetcher): InputValue {
  if (typeof value === 'string' || value instanceof Str || value instanceof Path) {
    const text = value instanceof Path ? value.path : textOf(value);
    return who === 'fetchGit' && name === 'url' ? printUrl(gitUrl(text)) : text;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (value >= 0) return value;
    throw new EvalError('other', `negative value given for '${who}' argument '${showName(name)}': ${value}`);
  }
  if (name === 'publicKeys') {
    requireFeature(rt, 'verified-fetches');
    return toJson(rt, value, { strict: true, copyToStore: true }).text;
  }
  const found = `${showType(value)} while a string, Boolean or integer is expected`;
  throw new EvalError('type', `argument '${showName(name)}' to '${who}' is ${found}`, { pos: set.positionOf(name) });
}

function inputOfSet(rt: Runtime, set: Attrs, who: Fetcher): Input {
  const attrs = attributesOf(rt, set, who);
  if (who === 'fetchGit') addGitDefaults(attrs);
  else {
    if (attrs.get('type') === 'git' && !attrs.has('shallow')) attrs.set('shallow', true);
    if (attrs.has('name'))
      throw new EvalError('other', `argument 'name' isn\xe2\x80\x99t supported in call to '${who}'`);
  }
  return inputFromAttrs(attrs);
}

function addGitDefaults(attrs: Map<string, InputValue>): void {
  if (!attrs.has('exportIgnore') && !flagAttr(attrs, 'submodules')) attrs.set('exportIgnore', true);
}

function inputOfText(rt: Runtime, value: Forced, who: Fetcher): Input {
  const what = `while evaluating the first argument passed to '${who}'`;
  const text = textOf(coerceToString(rt, value, { coerceMore: false, copyToStore: false, what }));
  if (who === 'fetchGit') {
    const attrs = new Map<string, InputValue>([
      ['type', 'git'],
      ['url', printUrl(gitUrl(text))],
    ]);
    addGitDefaults(attrs);
    return inputFromAttrs(attrs);
  }
  return inputFromUrl(parseUrl(text));
}

function fetchTree(rt: Runtime, argument: Value, who: Fetcher): Value {
  const value = force(argument);
  const input = value instanceof Attrs ? inputOfSet(rt, value, who) : inputOfText(rt, value, who);
  const url = inputUrl(input);
  if (rt.host.settings.pure && input.scheme?.isLocked(input.attrs) !== true) {
    if (!input.attrs.has('narHash')) {
      throw new EvalError('restricted', `in pure evaluation mode, '${who}' doesn't fetch unlocked input '${url}'`);
    }
    const why = 'This is not reproducible and will break after garbage collection or when shared.';
    rt.host.emit('lint', `Input '${url}' is unlocked (e.g. lacks a Git revision) but is checked by NAR hash. ${why}`);
  }
  try {
    checkAbsolute(input);
    return treeValue(rt.host.fetch({ kind: 'tree', args: Object.fromEntries(input.attrs) }), input.attrs, who);
  } catch (error) {
    throw addTrace(asEvalError(error), `while fetching the input '${url}'`);
  }
}

/** A path must not depend on where the evaluation was started. */
function checkAbsolute({ attrs }: Input): void {
  const type = attrs.get('type');
  if (type === 'path' && !requiredText(attrs, 'path').startsWith('/')) {
    const shown = `path:${requiredText(attrs, 'path')}`;
    throw new EvalError('other', `cannot fetch input '${shown}' because it uses a relative path`);
  }
  if (type !== 'tarball') return;
  const url = requiredText(attrs, 'url');
  if (!/^file:(?!\/)/.test(url)) return;
  const rule = "The 'file' scheme does not support relative paths.";
  throw new EvalError('other', `tarball '${url}' must use an absolute path. ${rule}`);
}

const emptyRevision = '0'.repeat(40);

/** What is known of a fetched tree; `fetchGit` tells of a work tree that was changed by a revision of zeros. */
function treeValue({ path, attributes }: FetchResult, attrs: InputAttrs, who: Fetcher): Value {
  const known = { ...attributes };
  if (attrs.get('type') === 'git') known['submodules'] ??= flagAttr(attrs, 'submodules');
  if (who === 'fetchGit') {
    known['rev'] ??= emptyRevision;
    known['shortRev'] ??= emptyRevision.slice(0, 7);
    known['revCount'] ??= 0;
  }
  if (typeof known['lastModified'] === 'number') known['lastModifiedDate'] ??= timeText(known['lastModified']);
  const builder = new AttrsBuilder();
  for (const [name, value] of Object.entries(known)) builder.set(name, value);
  return builder.set('outPath', makeString(path, Context.of(path))).build();
}

function fetchMercurial(rt: Runtime, argument: Value): Value {
  const args = mercurialArguments(rt, argument);
  if (args.url === '') throw new EvalError('other', "'url' argument required");
  if (rt.host.settings.pure && args.rev === undefined) {
    throw new EvalError('restricted', "in pure evaluation mode, 'fetchMercurial' requires a Mercurial revision");
  }
  const url = args.url.includes('://') ? args.url : `file://${args.url}`;
  const { path, attributes } = rt.host.fetch({ kind: 'mercurial', args: { ...args, url } });
  const rev = typeof attributes['rev'] === 'string' ? attributes['rev'] : emptyRevision;
  const builder = new AttrsBuilder().set('outPath', makeString(path, Context.of(path)));
  if (typeof attributes['ref'] === 'string') builder.set('branch', attributes['ref']);
  if (typeof attributes['revCount'] === 'number') builder.set('revCount', attributes['revCount']);
  return builder.set('rev', rev).set('shortRev', rev.slice(0, 12)).build();
}

interface MercurialArguments {
  url: string;
  name: string;
  rev?: string;
  ref?: string;
}

/** Here `rev` may be the name of a branch as well. */
function mercurialArguments(rt: Runtime, argument: Value): MercurialArguments {
  const found = force(argument);
  const passed = (what: string): string => `while evaluating ${what} passed to builtins.fetchMercurial`;
  const text = (value: Value, what: string): string =>
    textOf(coerceToString(rt, value, { coerceMore: false, copyToStore: false, what: passed(what) }));
  const args: MercurialArguments = { url: '', name: 'source' };
  if (!(found instanceof Attrs)) return { ...args, url: text(found, 'the first argument') };
  found.names().forEach((name, at) => {
    const value = found.valueAt(at);
    if (name === 'url') args.url = text(value, 'the `url` attribute');
    else if (name === 'rev') {
      const rev = forceString(value, passed('the `rev` attribute'));
      if (/^[0-9a-fA-F]{40}$/.test(rev)) args.rev = rev.toLowerCase();
      else args.ref = rev;
    } else if (name === 'name') args.name = forceString(value, passed('the `name` attribute'));
    else {
      const pos = found.positionOf(name);
      throw new EvalError('other', `unsupported argument '${showName(name)}' to 'fetchMercurial'`, { pos });
    }
  });
  return args;
}

export const treeBuiltins: readonly BuiltinDef[] = [
  {
    name: 'fetchTree',
    global: true,
    args: ['input'],
    doc: 'A tree that is fetched, and what is known of it. *input* says what: `{ type, … }`, or a URL.',
    run: guarded((rt, argument) => fetchTree(rt, argument!, 'fetchTree')),
  },
  {
    name: 'fetchGit',
    global: true,
    args: ['args'],
    doc: 'A commit of a Git repository, or the work tree of a local one: `{ url, ref, rev, submodules, … }`, or a URL.',
    run: guarded((rt, argument) => fetchTree(rt, argument!, 'fetchGit')),
  },
  {
    name: 'fetchMercurial',
    global: true,
    args: ['args'],
    doc: 'A commit of a Mercurial repository: `{ url, rev, name }`, or a URL.',
    run: guarded(fetchMercurial),
  },
];
