/** Reading files and folders. What a path refers to is built first. */
import { byteString } from '../../base/bytes.ts';
import { formatHash, hashPartOf } from '../../formats/index.ts';
import { EvalError } from '../errors.ts';
import { type FileKind, HostError } from '../host.ts';
import { attrsFromSorted } from '../runtime/attrs.ts';
import { coerceToString } from '../runtime/coerce.ts';
import { Context } from '../runtime/context.ts';
import { contextOf, forceAttrs, forceList, forceString, makeString, requireAttr, textOf } from '../runtime/expect.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { SearchEntry } from '../runtime/search-path.ts';
import { force } from '../runtime/thunk.ts';
import { type Attrs, Str, type Value } from '../runtime/value.ts';
import { guarded } from './guard.ts';
import { algorithmOf } from './hashing.ts';
import { realiseContext, realisePath, rewrite } from './realise.ts';
import type { BuiltinDef } from './registry.ts';

/** A slash at the end asks for a folder; otherwise a link counts, wherever it leads. */
function pathExists(rt: Runtime, value: Value): Value {
  const found = force(value);
  const text = typeof found === 'string' ? found : found instanceof Str ? found.text : '';
  const path = realisePath(rt, found);
  try {
    if (/\/\.?$/.test(text)) return rt.host.kindOf(rt.host.realPath(path)) === 'directory';
    return kindOf(rt, path) !== undefined;
  } catch (error) {
    if (error instanceof HostError && (error.code === 'host/missing' || error.code === 'host/restricted')) return false;
    throw error;
  }
}

/** What is at a path, a link at its end not followed. */
function kindOf(rt: Runtime, path: string): FileKind | undefined {
  const kind = rt.host.kindOf(path);
  if (kind !== undefined || path === '/') return kind;
  const slash = path.lastIndexOf('/');
  const parent = rt.host.realPath(slash === 0 ? '/' : path.slice(0, slash));
  return rt.host.kindOf(`${parent === '/' ? '' : parent}${path.slice(slash)}`);
}

/** A link on the way is an error here, and here alone. */
function readFileType(rt: Runtime, value: Value): Value {
  const path = realisePath(rt, value);
  for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const parent = path.slice(0, slash);
    if (rt.host.kindOf(parent) === 'symlink') throw new EvalError('host', `path '${parent}' is a symlink`);
  }
  const kind = rt.host.kindOf(path);
  if (kind === undefined) throw new EvalError('host', `path '${path}' does not exist`);
  return kind;
}

/** A file in the store may refer to what the store path it is in refers to: what of that stands in it is its context. */
function readFile(rt: Runtime, value: Value): Value {
  const path = realisePath(rt, value);
  const text = byteString(rt.host.readFile(path));
  if (text.includes('\0')) {
    throw new EvalError('other', `the contents of the file '${path}' cannot be represented as a Nix string`);
  }
  const storePath = rt.host.storePathOf(path);
  if (storePath === undefined) return text;
  const references = rt.host.references(storePath).filter((reference) => text.includes(hashPartOf(reference)));
  return makeString(text, Context.from(references));
}

const foldersKey = Symbol('folders read');

/** One evaluation sees one state of a folder, and programs read the same ones again and again. */
function readDir(rt: Runtime, value: Value): Value {
  const path = realisePath(rt, value);
  const known = rt.remember(foldersKey, () => new Map<string, Attrs>());
  let folder = known.get(path);
  if (folder === undefined) {
    const entries = rt.host.readDir(path);
    folder = attrsFromSorted(
      entries.map(([name]) => name),
      entries.map(([, kind]) => kind),
    );
    known.set(path, folder);
  }
  return folder;
}

function hashFile(rt: Runtime, type: Value, value: Value): Value {
  const name = forceString(type, 'while evaluating the first argument passed to builtins.hashFile');
  const algorithm = algorithmOf(rt, name);
  return formatHash(rt.host.hashFile(algorithm, realisePath(rt, value)), 'base16');
}

function findFile(rt: Runtime, searchPath: Value, name: Value): Value {
  const entries = forceList(searchPath, 'while evaluating the first argument passed to builtins.findFile');
  const found = entries.map((entry) => searchEntry(rt, entry));
  const text = forceString(name, 'while evaluating the second argument passed to builtins.findFile');
  return rt.findFile(text, found);
}

function searchEntry(rt: Runtime, value: Value): SearchEntry {
  const entry = forceAttrs(value, 'while evaluating an element of the list passed to builtins.findFile');
  const part = (name: string): string =>
    `while evaluating the \`${name}\` attribute of an element of the list passed to builtins.findFile`;
  const prefix = entry.get('prefix');
  const text = prefix === undefined ? '' : forceString(prefix, part('prefix'));
  const path = coerceToString(rt, requireAttr(entry, 'path', 'in an element of the __nixPath'), {
    coerceMore: false,
    copyToStore: false,
    what: part('path'),
  });
  return { prefix: text, path: rewrite(textOf(path), realiseContext(rt, contextOf(path))) };
}

export const fileBuiltins: readonly BuiltinDef[] = [
  {
    name: 'pathExists',
    args: ['path'],
    doc: 'Whether something is at *path*; with a slash at the end of a string, whether it is a folder.',
    run: guarded(pathExists),
  },
  {
    name: 'readFile',
    args: ['path'],
    doc: 'The bytes of the file at *path* as a string.',
    run: guarded(readFile),
  },
  {
    name: 'readDir',
    args: ['path'],
    doc: 'The names in the folder at *path*, each with its kind: `regular`, `directory`, `symlink` or `unknown`.',
    run: guarded(readDir),
  },
  {
    name: 'readFileType',
    args: ['p'],
    doc: 'The kind of what is at *p*, as `readDir` says it.',
    run: guarded(readFileType),
  },
  {
    name: 'hashFile',
    args: ['type', 'p'],
    doc: 'The hash of the file at *p* by the algorithm *type*, in base 16.',
    run: guarded(hashFile),
  },
  {
    name: 'findFile',
    args: ['search-path', 'lookup-path'],
    doc: 'The path of *lookup-path* by the list *search-path* of `{ path, prefix }`: what `<name>` means.',
    run: guarded(findFile),
  },
];
