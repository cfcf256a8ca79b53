/**
 * An evaluation that goes on, line by line. What was bound and loaded is remembered as it was typed, so that it can be
 * made again: files are read anew when asked for, and an evaluation that was interrupted leaves values half made.
 */
import { resolve } from 'node:path';
import { fromUnicode } from '../../base/bytes.ts';
import type { StorePath } from '../../formats/index.ts';
import type { Repl, Value } from '../../lang/index.ts';
import type { LocalStore } from '../../store/index.ts';
import { Evaluation } from '../evaluation.ts';
import { Session, type SessionOptions } from '../session.ts';

/** Something that changes the scope, as it was typed; a byte string, or for `load` a file's name. */
interface Step {
  readonly kind: 'bind' | 'add' | 'load';
  readonly text: string;
}

export class Interactive {
  readonly session: Session;
  readonly colored: boolean;
  /** Whether errors are shown with their whole trace. */
  showTrace: boolean;
  /** The names that were added last. */
  lastAdded: readonly string[] | undefined;
  #evaluation: Evaluation;
  #repl: Repl;
  #steps: Step[] = [];

  constructor(options: SessionOptions, colored: boolean) {
    this.session = new Session(options);
    this.colored = colored;
    this.showTrace = this.session.settings['show-trace'];
    [this.#evaluation, this.#repl] = this.#begin();
  }

  #begin(): [Evaluation, Repl] {
    const evaluation = new Evaluation(this.session);
    return [evaluation, evaluation.evaluator.repl(fromUnicode(this.session.cwd))];
  }

  /** Runs something that evaluates, waiting where it has to wait. */
  run<T>(work: (repl: Repl) => T): Promise<T> {
    return this.#evaluation.run(() => work(this.#repl));
  }

  evaluate(text: string): Promise<Value> {
    return this.run((repl) => repl.evaluate(text));
  }

  async pretty(value: Value, depth: number): Promise<string> {
    const text = await this.run((repl) => repl.pretty(value, { depth, colored: this.colored }));
    await this.#evaluation.writeMentioned(text);
    return text;
  }

  /** What interpolation makes of a value. */
  textOf(value: Value): Promise<string> {
    return this.#evaluation.run(() => this.#evaluation.evaluator.toStringValue(value).text);
  }

  bind(text: string): Promise<void> {
    return this.#do({ kind: 'bind', text });
  }

  /** Makes the attributes of a set variables. */
  async add(text: string): Promise<void> {
    await this.#do({ kind: 'add', text });
    this.#tellAdded();
  }

  /** Makes the attributes of what a file holds variables; what was loaded before is read anew. */
  async load(name: string): Promise<void> {
    if (this.#steps.length > 0) await this.renew();
    await this.#do({ kind: 'load', text: name });
    this.#tellAdded();
  }

  async #do(step: Step): Promise<void> {
    const names = await this.#apply(step);
    if (step.kind !== 'bind') this.lastAdded = names;
    this.#steps = [...this.#steps.filter((old) => step.kind !== 'load' || !same(old, step)), step];
  }

  async #apply({ kind, text }: Step): Promise<readonly string[]> {
    if (kind === 'bind') return this.run((repl) => repl.bind(text));
    const value = kind === 'add' ? await this.evaluate(text) : await this.#file(text);
    return this.run((repl) => repl.add(value));
  }

  /** The value of a file or of `<name>`; a function is called with nothing. */
  async #file(name: string): Promise<Value> {
    const { evaluator } = this.#evaluation;
    return this.#evaluation.run(() => {
      const value = /^<.*>$/.test(name)
        ? evaluator.evalText(`import ${fromUnicode(name)}`, fromUnicode(this.session.cwd))
        : evaluator.evalFile(fromUnicode(resolve(this.session.cwd, name)));
      return evaluator.autoCall(value, new Map());
    });
  }

  #tellAdded(): void {
    const names = this.lastAdded ?? [];
    const shown = names.slice(0, mostShown).join(', ');
    const more = names.length > mostShown ? `\n... and ${names.length - mostShown} more; view with :ll` : '';
    this.#notice(`Added ${names.length} variables.\n${shown}${more}`);
  }

  #notice(text: string): void {
    this.session.sink.emit({ type: 'message', level: 'notice', text });
  }

  /** Makes everything again, from the files as they are now; variables that fail to be made are gone. */
  async renew(): Promise<void> {
    const steps = this.#steps;
    this.#steps = [];
    [this.#evaluation, this.#repl] = this.#begin();
    for (const step of steps) await this.#do(step);
  }

  /** Makes anew what was loaded, and forgets everything else. */
  async reload(): Promise<void> {
    this.#steps = this.#steps.filter(({ kind }) => kind === 'load');
    for (const { text } of this.#steps) this.#notice(`Loading '${text}'...`);
    await this.renew();
    if (this.#steps.length > 0) this.#tellAdded();
  }

  /** The derivation that an expression gives, written to the store. */
  async derivation(text: string): Promise<{ readonly drvPath: StorePath; readonly store: LocalStore }> {
    const value = await this.evaluate(text);
    const { evaluator } = this.#evaluation;
    const [found] = await this.#evaluation.run(() => evaluator.derivations(value));
    if (found === undefined) throw new Error('no derivation');
    return { drvPath: found.drvPath, store: await this.#evaluation.writeOut([found.drvPath]) };
  }

  close(): void {
    this.session.close();
  }
}

const mostShown = 20;

const same = (a: Step, b: Step): boolean => a.kind === b.kind && a.text === b.text;
