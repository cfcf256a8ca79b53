/** An observer that counts, and measures where the time goes. */
import { fromUnicode } from '../../base/bytes.ts';
import type { Module } from '../runtime/module.ts';
import type { Observer } from '../runtime/observer.ts';
import type { Forced } from '../runtime/value.ts';
import { positions } from '../source.ts';
import { type CallNode, CallTree, type Frame } from './call-tree.ts';
import { type Counts, countingHelpers, noCounts } from './counters.ts';
import { type ProfileFormat, writeProfile } from './formats.ts';

export interface WatchOptions {
  /** Measure times; without, calls are only counted. */
  readonly profile: boolean;
  /** In milliseconds. */
  readonly now: () => number;
}

/** A function and how often it was called. */
export interface CallCount extends Frame {
  readonly count: number;
}

export class Watch implements Observer {
  readonly counts: Counts = noCounts();
  readonly #tree: CallTree | undefined;
  readonly #functions = new Map<Module, (Known | undefined)[]>();
  readonly #builtins = new Map<string, Known>();
  readonly #files = new Map<string, Frame>();

  constructor({ profile, now }: WatchOptions) {
    this.#tree = profile ? new CallTree(now) : undefined;
  }

  watch(helpers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return countingHelpers(helpers, this.counts);
  }

  call(module: Module, site: number, body: () => Forced): Forced {
    const known = this.#function(module, site);
    known.count++;
    this.counts.nrFunctionCalls += known.levels;
    return this.#tree === undefined ? body() : this.#tree.within(known.frame, body);
  }

  #function(module: Module, site: number): Known {
    let known = this.#functions.get(module);
    if (known === undefined) {
      known = [];
      this.#functions.set(module, known);
    }
    known[site] ??= describe(module, site);
    return known[site];
  }

  builtin(name: string, body: () => Forced): Forced {
    let known = this.#builtins.get(name);
    if (known === undefined) {
      known = { frame: { name: `builtins.${name}`, file: '', line: 0, column: 0 }, levels: 1, count: 0 };
      this.#builtins.set(name, known);
    }
    known.count++;
    this.counts.nrPrimOpCalls++;
    return this.#tree === undefined ? body() : this.#tree.within(known.frame, body);
  }

  file(path: string, body: () => Forced): Forced {
    let frame = this.#files.get(path);
    if (frame === undefined) {
      frame = { name: path, file: path, line: 0, column: 0 };
      this.#files.set(path, frame);
    }
    return this.#tree === undefined ? body() : this.#tree.within(frame, body);
  }

  /** Undefined where times were not measured. */
  get calls(): CallNode | undefined {
    return this.#tree?.root;
  }

  /** Passes over time in which nothing is evaluated. */
  skip(): void {
    this.#tree?.skip();
  }

  /** The flame graph; times must have been measured. */
  profile(format: ProfileFormat): string {
    return writeProfile(this.#tree!.root, format);
  }

  /** How often each function was called, most often first. */
  get functionCalls(): CallCount[] {
    const all = [...this.#functions.values()].flatMap((sites) => sites.filter((known) => known !== undefined));
    return all.map(({ frame, count }) => ({ ...frame, count })).sort((a, b) => b.count - a.count);
  }

  /** How often each builtin was called. */
  get builtinCalls(): ReadonlyMap<string, number> {
    return new Map([...this.#builtins].map(([name, { count }]) => [name, count]));
  }
}

interface Known {
  readonly frame: Frame;
  /** How many arguments it takes, one after the other. */
  readonly levels: number;
  count: number;
}

function describe(module: Module, site: number): Known {
  const info = module.lambdaInfo(site);
  const { name, pos } = info[0]!;
  const place = positions.resolve(pos);
  const file = place?.file ?? '';
  const frame = {
    name: name ?? fromUnicode('«lambda»'),
    file,
    line: place?.line ?? 0,
    column: place?.column ?? 0,
  };
  return { frame, levels: info.length, count: 0 };
}
