/** `fetchurl` and `fetchTarball`: downloads into the store, checked by a hash where one is given. */
import { checkName, type Hash } from '../../../formats/index.ts';
import { EvalError } from '../../errors.ts';
import { Context } from '../../runtime/context.ts';
import { forceString, makeString } from '../../runtime/expect.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { force } from '../../runtime/thunk.ts';
import { Attrs, type Value } from '../../runtime/value.ts';
import { forceStringAt } from '../arguments.ts';
import { guarded } from '../guard.ts';
import { hashAllowEmpty } from '../hashing.ts';
import type { BuiltinDef } from '../registry.ts';

interface Download {
  readonly url: string;
  readonly name: string | undefined;
  readonly expected: Hash | undefined;
}

const urlWhat = 'while evaluating the url we should fetch';

function readArguments(rt: Runtime, argument: Value, who: string): Download {
  const found = force(argument);
  if (!(found instanceof Attrs)) return { url: forceString(found, urlWhat), name: undefined, expected: undefined };
  let url: string | undefined;
  let name: string | undefined;
  let expected: Hash | undefined;
  found.names().forEach((attr, at) => {
    const text = (what: string): string => forceStringAt(found.valueAt(at), what, found, attr);
    if (attr === 'url') url = text(urlWhat);
    else if (attr === 'sha256') {
      expected = hashAllowEmpty(rt, text('while evaluating the sha256 of the content we should fetch'), 'sha256');
    } else if (attr === 'name') name = text('while evaluating the name of the content we should fetch');
    else throw new EvalError('other', `unsupported argument '${attr}' to '${who}'`);
  });
  if (url === undefined) throw new EvalError('other', "'url' argument required");
  return { url, name, expected };
}

/** The last part of a URL, without slashes at its end. */
function lastPart(url: string): string {
  const bare = url.replace(/\/$/, '');
  return bare.slice(bare.lastIndexOf('/') + 1);
}

function checkStoreName(name: string, url: string, argument: Value, given: boolean, who: string): void {
  try {
    checkName(name);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const advice = given
      ? `Please change the value for the 'name' attribute passed to '${who}'`
      : force(argument) instanceof Attrs
        ? `Please add a valid 'name' attribute to the argument for '${who}'`
        : `Please pass an attribute set with 'url' and 'name' attributes to '${who}'`;
    // Two spaces in the last of them, as people may have learnt to look for.
    const comma = !given && !(force(argument) instanceof Attrs) ? ',  ' : ', ';
    const what = `invalid store path name when fetching URL '${url}': ${why}`;
    throw new EvalError('other', `${what}. ${advice}${comma}so that it can create a valid store path.`);
  }
}

function fetcher(who: 'fetchurl' | 'fetchTarball', doc: string): BuiltinDef {
  const unpack = who === 'fetchTarball';
  const run = (rt: Runtime, argument: Value): Value => {
    const given = readArguments(rt, argument, who);
    const url = unpack ? resolveChannel(given.url) : given.url;
    const name = (given.name ?? (unpack ? 'source' : '')) || lastPart(url);
    checkStoreName(name, url, argument, given.name !== undefined, who);
    if (rt.host.settings.pure && given.expected === undefined) {
      throw new EvalError('restricted', `in pure evaluation mode, '${who}' requires a 'sha256' argument`);
    }
    const args = { url, name, ...(given.expected === undefined ? {} : { expected: given.expected }) };
    const { path } = rt.host.fetch({ kind: unpack ? 'tarball' : 'url', args });
    return makeString(path, Context.of(path));
  };
  return {
    name: who,
    global: unpack,
    args: [unpack ? 'args' : 'arg'],
    doc,
    run: guarded((rt, value) => run(rt, value!)),
  };
}

/** `channel:NAME` is short for the newest release of that channel. */
function resolveChannel(url: string): string {
  return url.startsWith('channel:') ? `https://channels.nixos.org/${url.slice(8)}/nixexprs.tar.xz` : url;
}

export const downloadBuiltins: readonly BuiltinDef[] = [
  fetcher('fetchurl', 'The path of a file that is downloaded: a URL, or `{ url, name, sha256 }`.'),
  fetcher('fetchTarball', 'The path of an archive that is downloaded and unpacked: a URL, or `{ url, name, sha256 }`.'),
];
