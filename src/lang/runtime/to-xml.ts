/** Values as XML: `builtins.toXML` and `--xml`. */
import { noPos, type Pos, positions } from '../source.ts';
import { type Context, joinContexts } from './context.ts';
import { isDerivation } from './expect.ts';
import { formatFloat } from './floats.ts';
import { overflow, stack } from './stack.ts';
import { force, peek } from './thunk.ts';
import { Attrs, Float, Fn, type Forced, type LambdaInfo, lambdaInfo, Path, Str, type Value } from './value.ts';

export interface XmlOptions {
  readonly strict: boolean;
  /** Say where attributes and functions were defined. */
  readonly location: boolean;
}

/** An XML document (with a final newline) and the contexts of all strings in it. */
export function toXml(
  value: Value,
  options: XmlOptions,
): { readonly text: string; readonly context: Context | undefined } {
  const writer = new XmlWriter(options);
  writer.document(value);
  return { text: writer.lines.join(''), context: writer.context };
}

type XmlAttributes = Readonly<Record<string, string | undefined>>;

class XmlWriter {
  context: Context | undefined;
  readonly lines: string[] = ["<?xml version='1.0' encoding='utf-8'?>\n"];
  readonly #options: XmlOptions;
  readonly #derivations = new Set<string>();
  #indent = '';

  constructor(options: XmlOptions) {
    this.#options = options;
  }

  document(value: Value): void {
    this.#element('expr', {}, () => this.#value(value));
  }

  #element(name: string, attributes: XmlAttributes, inside: () => void): void {
    this.lines.push(`${this.#indent}<${name}${show(attributes)}>\n`);
    const outer = this.#indent;
    this.#indent += '  ';
    inside();
    this.#indent = outer;
    this.lines.push(`${this.#indent}</${name}>\n`);
  }

  #empty(name: string, attributes: XmlAttributes = {}): void {
    this.lines.push(`${this.#indent}<${name}${show(attributes)} />\n`);
  }

  #value(slot: Value): void {
    if (stack.depth > stack.limit) overflow();
    stack.depth++;
    const value = this.#look(slot);
    if (value === undefined) this.#empty('unevaluated');
    else this.#forced(value);
    stack.depth--;
  }

  #look(slot: Value): Forced | undefined {
    return this.#options.strict ? force(slot) : peek(slot);
  }

  #forced(value: Forced): void {
    if (typeof value === 'string') this.#empty('string', { value });
    else if (value instanceof Str) {
      this.context = joinContexts(this.context, value.context);
      this.#empty('string', { value: value.text });
    } else if (value instanceof Attrs) this.#set(value);
    else if (Array.isArray(value)) {
      this.#element('list', {}, () => {
        for (const item of value) this.#value(item);
      });
    } else if (value instanceof Fn) this.#function(value);
    else if (value instanceof Float) this.#empty('float', { value: formatFloat(value) });
    else if (value instanceof Path) this.#empty('path', { value: value.path });
    else if (value === null) this.#empty('null');
    else this.#empty(typeof value === 'boolean' ? 'bool' : 'int', { value: String(value) });
  }

  #set(set: Attrs): void {
    if (!isDerivation(set)) {
      this.#element('attrs', {}, () => this.#attributes(set));
      return;
    }
    const drvPath = this.#text(set, 'drvPath');
    const outPath = this.#text(set, 'outPath');
    this.#element('derivation', { drvPath, outPath }, () => {
      if (drvPath === undefined || drvPath === '' || this.#derivations.has(drvPath)) {
        this.#empty('repeated');
        return;
      }
      this.#derivations.add(drvPath);
      this.#attributes(set);
    });
  }

  /** The text of an attribute that is an evaluated string. */
  #text(set: Attrs, name: string): string | undefined {
    const slot = set.get(name);
    const value = slot === undefined ? undefined : this.#look(slot);
    return value instanceof Str ? value.text : typeof value === 'string' ? value : undefined;
  }

  #attributes(set: Attrs): void {
    set.names().forEach((name, at) => {
      this.#element('attr', { name, ...this.#place(set.positionAt(at)) }, () => this.#value(set.valueAt(at)));
    });
  }

  #function(value: Fn): void {
    const info = lambdaInfo(value);
    if (info === undefined) this.#empty('unevaluated');
    else this.#element('function', this.#place(info.pos), () => this.#pattern(info));
  }

  #pattern(info: LambdaInfo): void {
    if (info.formals === undefined) {
      this.#empty('varpat', { name: info.argument });
      return;
    }
    const names = info.formals.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1));
    this.#element('attrspat', { ellipsis: info.ellipsis ? '1' : undefined, name: info.argument }, () => {
      for (const name of names) this.#empty('attr', { name });
    });
  }

  #place(pos: Pos): XmlAttributes {
    const source = this.#options.location && pos !== noPos ? positions.sourceOf(pos) : undefined;
    if (source === undefined) return {};
    const { line, column } = source.lineAndColumn(pos - source.base);
    const path = source.origin.kind === 'file' ? source.origin.path : undefined;
    return { path, line: String(line), column: String(column) };
  }
}

const entities: Readonly<Record<string, string>> = {
  '"': '&quot;',
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '\n': '&#xA;',
};

/** In the order of their names. */
function show(attributes: XmlAttributes): string {
  const names = Object.keys(attributes).sort();
  const parts = names.map((name) => {
    const value = attributes[name];
    return value === undefined ? '' : ` ${name}="${value.replace(/["<>&\n]/g, (found) => entities[found]!)}"`;
  });
  return parts.join('');
}
