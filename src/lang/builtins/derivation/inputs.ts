/** What a derivation is built from, by the contexts of all the strings in it. */
import { type Derivation, isDerivationPath, type StorePath } from '../../../formats/index.ts';
import { type Context, parseElement } from '../../runtime/context.ts';
import type { Runtime } from '../../runtime/runtime.ts';

export interface Inputs {
  readonly inputDrvs: ReadonlyMap<StorePath, readonly string[]>;
  readonly inputSrcs: readonly StorePath[];
}

export function inputsOf(rt: Runtime, contexts: Iterable<Context>): Inputs {
  const collector = new Collector(rt);
  const seen = new Set<string>();
  for (const context of contexts) {
    for (const encoded of context.elements()) {
      if (seen.has(encoded)) continue;
      seen.add(encoded);
      collector.add(encoded);
    }
  }
  return collector.inputs();
}

class Collector {
  readonly #rt: Runtime;
  readonly #drvs = new Map<StorePath, Set<string>>();
  readonly #sources = new Set<StorePath>();

  constructor(rt: Runtime) {
    this.#rt = rt;
  }

  add(encoded: string): void {
    const element = parseElement(encoded);
    if (element.kind === 'opaque') this.#sources.add(element.path as StorePath);
    else if (element.kind === 'built') this.#outputsOf(element.drvPath as StorePath).add(element.output);
    else this.#addClosure(element.drvPath as StorePath);
  }

  inputs(): Inputs {
    const inputDrvs = new Map<StorePath, readonly string[]>();
    for (const [path, outputs] of this.#drvs) inputDrvs.set(path, [...outputs]);
    return { inputDrvs, inputSrcs: [...this.#sources] };
  }

  #outputsOf(path: StorePath): Set<string> {
    let outputs = this.#drvs.get(path);
    if (outputs === undefined) {
      outputs = new Set();
      this.#drvs.set(path, outputs);
    }
    return outputs;
  }

  /** The builder can walk through the whole graph of a derivation, so all of it, and all its outputs, must be there. */
  #addClosure(root: StorePath): void {
    const closure = new Set<StorePath>([root]);
    for (const path of closure) {
      this.#sources.add(path);
      if (!isDerivationPath(path)) {
        for (const reference of this.#rt.host.references(path)) closure.add(reference);
        continue;
      }
      const derivation: Derivation = this.#rt.host.readDerivation(path);
      const outputs = this.#outputsOf(path);
      for (const name of derivation.outputs.keys()) outputs.add(name);
      for (const input of derivation.inputDrvs.keys()) closure.add(input);
      for (const source of derivation.inputSrcs) closure.add(source);
    }
  }
}
