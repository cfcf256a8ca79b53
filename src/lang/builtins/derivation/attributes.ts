/** Reads the attributes of a derivation one by one, in the order of their names. */
import { canonicalStructuredAttributes, type HashAlgorithm, isHashAlgorithm } from '../../../formats/index.ts';
import { EvalError } from '../../errors.ts';
import { coerceToString } from '../../runtime/coerce.ts';
import type { Context } from '../../runtime/context.ts';
import { contextOf, forceBool, forceList, forceString, forceStringCtx, textOf } from '../../runtime/expect.ts';
import { jsonString } from '../../runtime/json-text.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { force } from '../../runtime/thunk.ts';
import { toJson } from '../../runtime/to-json.ts';
import type { Str, Value } from '../../runtime/value.ts';
import { requireFeature } from '../guard.ts';

export type OutputMethod = 'flat' | 'nar' | 'text' | 'git';

const variableHow = { coerceMore: true, copyToStore: true, what: '' };
const argumentHow = { ...variableHow, what: 'while evaluating an element of the argument list' };

/** What structured attributes take no notice of: they have a place of their own there. */
const movedToChecks = new Set([
  ...['allowedReferences', 'allowedRequisites', 'disallowedReferences', 'disallowedRequisites'],
  ...['maxSize', 'maxClosureSize'],
]);

export class DerivationAttributes {
  readonly name: string;
  readonly env = new Map<string, string>();
  readonly args: string[] = [];
  /** All contexts met, to become inputs. */
  readonly contexts = new Set<Context>();
  builder = '';
  system = '';
  outputs: readonly string[] = ['out'];
  outputHash: string | undefined;
  outputHashAlgo: HashAlgorithm | undefined;
  outputMethod: OutputMethod | undefined;
  contentAddressed = false;
  impure = false;
  readonly #rt: Runtime;
  readonly #ignoreNulls: boolean;
  /** The members of the JSON object, where attributes are structured. */
  readonly #json: string[] | undefined;

  constructor(rt: Runtime, name: string, options: { readonly structured: boolean; readonly ignoreNulls: boolean }) {
    this.#rt = rt;
    this.name = name;
    this.#ignoreNulls = options.ignoreNulls;
    this.#json = options.structured ? [] : undefined;
  }

  take(name: string, value: Value): void {
    if (name === '__ignoreNulls' || (this.#ignoreNulls && force(value) === null)) return;
    if (name === '__contentAddressed') this.#takeContentAddressed(value);
    else if (name === '__impure') this.#takeImpure(value);
    else if (name === 'args') this.#takeArguments(value);
    else if (this.#json !== undefined) this.#takeStructured(this.#json, name, value);
    else this.#takeVariable(name, value);
  }

  /** The structured attributes as an environment variable, once all have been taken. */
  finish(): void {
    if (this.#json !== undefined) this.env.set('__json', `{${this.#json.join(',')}}`);
  }

  #takeContentAddressed(value: Value): void {
    if (!forceBool(value, '')) return;
    this.contentAddressed = true;
    requireFeature(this.#rt, 'ca-derivations');
  }

  #takeImpure(value: Value): void {
    if (!forceBool(value, '')) return;
    this.impure = true;
    requireFeature(this.#rt, 'impure-derivations');
  }

  #takeArguments(value: Value): void {
    for (const item of forceList(value, '')) this.args.push(this.#text(coerceToString(this.#rt, item, argumentHow)));
  }

  #text(value: string | Str): string {
    const context = contextOf(value);
    if (context !== undefined) this.contexts.add(context);
    return textOf(value);
  }

  #takeVariable(name: string, value: Value): void {
    const text = this.#text(coerceToString(this.#rt, value, variableHow));
    if (name === '__json') {
      this.#rt.host.emit(
        'lint',
        `In derivation '${this.name}': setting structured attributes via '__json' is deprecated, and may be disallowed in future versions of Nix. Set '__structuredAttrs = true' instead.`,
      );
      this.env.set(name, canonicalStructuredAttributes(text));
      return;
    }
    this.env.set(name, text);
    if (name === 'builder') this.builder = text;
    else if (name === 'system') this.system = text;
    else if (name === 'outputs') this.#setOutputs(text.match(/[^ \t\n\r]+/g) ?? []);
    else this.#takeHash(name, text);
  }

  #takeStructured(json: string[], name: string, value: Value): void {
    if (name === '__structuredAttrs') return;
    const { text, context } = toJson(this.#rt, value, { strict: true, copyToStore: true });
    if (context !== undefined) this.contexts.add(context);
    json.push(`${jsonString(name)}:${text}`);
    if (name === 'builder') this.builder = this.#text(forceStringCtx(value, ''));
    else if (name === 'system') this.system = forceString(value, '');
    else if (name === 'outputs') this.#setOutputs(forceList(value, '').map((item) => forceString(item, '')));
    else if (/^outputHash(Algo|Mode)?$/.test(name)) this.#takeHash(name, forceString(value, ''));
    else if (movedToChecks.has(name)) this.#warnMoved(name);
  }

  #warnMoved(name: string): void {
    const what = `In a derivation named '${this.name}', 'structuredAttrs' disables the effect of the derivation attribute`;
    this.#rt.host.emit('lint', `${what} '${name}'; use 'outputChecks.<output>.${name}' instead`);
  }

  #takeHash(name: string, text: string): void {
    if (name === 'outputHash') this.outputHash = text;
    else if (name === 'outputHashAlgo') this.outputHashAlgo = isHashAlgorithm(text) ? text : undefined;
    else if (name === 'outputHashMode') this.#setMethod(text);
  }

  #setMethod(text: string): void {
    const method = text === 'recursive' ? 'nar' : text;
    if (method !== 'flat' && method !== 'nar' && method !== 'text' && method !== 'git') {
      throw new EvalError('other', `invalid value '${text}' for 'outputHashMode' attribute`);
    }
    this.outputMethod = method;
    const reason = `text-hashed derivation '${this.name}', outputHashMode = "text"`;
    if (method === 'text') requireFeature(this.#rt, 'dynamic-derivations', reason);
    if (method === 'git') requireFeature(this.#rt, 'git-hashing');
  }

  #setOutputs(names: readonly string[]): void {
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) throw new EvalError('other', `duplicate derivation output '${name}'`);
      if (name === 'drvPath') throw new EvalError('other', "invalid derivation output name 'drvPath'");
      seen.add(name);
    }
    if (seen.size === 0) throw new EvalError('other', 'derivation cannot have an empty set of outputs');
    this.outputs = names;
  }
}
