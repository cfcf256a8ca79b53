/**
 * The generations of a machine: links `generation-N` to systems, absolute and logical, so that garbage collectors take
 * them for roots; and `current`, a link to one of them, whose replacement by one rename is what a switch commits with.
 * What is told about a generation besides, and the next number, is in `generations.json`: numbers are never given twice.
 */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { faultPoint } from '../base/fault.ts';
import { symlinkAtomic, syncDirectory, writeFileAtomic } from '../base/fs-atomic.ts';
import type { StorePath } from '../formats/index.ts';
import { ActivateError } from './errors.ts';
import type { MachineLayout } from './layout.ts';

export interface GenerationRecord {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly createdBy: string;
  /** What its maker called it. */
  readonly label: string | undefined;
}

export interface Generation extends Partial<GenerationRecord> {
  readonly number: number;
  readonly system: StorePath;
  readonly current: boolean;
}

interface Records {
  readonly version: 1;
  /** No number from here on was ever given. */
  readonly next: number;
  readonly generations: Readonly<Record<string, GenerationRecord>>;
}

interface Undone {
  readonly generation: number;
  readonly isNew: boolean;
}

interface TakenBack {
  readonly from: { readonly generation: number } | undefined;
  readonly to: Undone;
  readonly trialBefore: string | undefined;
}

export class Generations {
  readonly #layout: MachineLayout;

  constructor(layout: MachineLayout) {
    this.#layout = layout;
  }

  /** All generations, oldest first. */
  list(): Generation[] {
    const { generations } = this.#records();
    const current = this.currentNumber();
    return this.#numbers().map((number) => ({
      ...generations[number],
      number,
      system: fs.readlinkSync(this.#link(number)) as StorePath,
      current: number === current,
    }));
  }

  current(): Generation | undefined {
    return this.list().find((generation) => generation.current);
  }

  /** @throws ActivateError `activate/no-generation` */
  get(number: number): Generation {
    const all = this.list();
    const found = all.find((generation) => generation.number === number);
    if (found !== undefined) return found;
    throw new ActivateError('activate/no-generation', `there is no generation ${number}`, {
      details: { generation: number },
      hint:
        all.length === 0 ? 'there are none yet' : `there are ${all.map((generation) => generation.number).join(', ')}`,
    });
  }

  /**
   * The generation before the current one.
   * @throws ActivateError `activate/no-generation`
   */
  previous(): Generation {
    const current = this.currentNumber();
    const older = this.list().filter((generation) => current !== undefined && generation.number < current);
    const found = older.at(-1);
    if (found !== undefined) return found;
    throw new ActivateError('activate/no-generation', 'there is no older generation to go back to');
  }

  /** The number that `current` leads to. */
  currentNumber(): number | undefined {
    try {
      return Number(/^generation-(\d+)$/.exec(fs.readlinkSync(this.#layout.current))?.[1] ?? Number.NaN) || undefined;
    } catch {
      return undefined;
    }
  }

  /** A number that was never given, and from now on is. */
  reserve(): number {
    const records = this.#records();
    const next = Math.max(records.next, (this.#numbers().at(-1) ?? 0) + 1);
    this.#write({ ...records, next: next + 1 });
    return next;
  }

  /** Makes the generation of a reserved number: from here on its system is kept from garbage collection. */
  create(number: number, system: string, record: GenerationRecord): void {
    const records = this.#records();
    this.#write({ ...records, generations: { ...records.generations, [number]: record } });
    faultPoint('activate/generation recorded');
    symlinkAtomic(system, this.#link(number));
  }

  /** What was current before a switch is current again, and the number that was given for it has no generation. */
  takeBack({ from, to, trialBefore }: TakenBack): void {
    if (this.trial() !== trialBefore) {
      if (trialBefore === undefined) this.endTrial();
      else this.tryOut(trialBefore);
    }
    if (this.currentNumber() === to.generation && from?.generation !== to.generation) {
      if (from === undefined) fs.rmSync(this.#layout.current, { force: true });
      else this.select(from.generation);
    }
    if (to.isNew) this.#discard(to.generation);
  }

  #discard(number: number): void {
    fs.rmSync(this.#link(number), { force: true });
    syncDirectory(this.#layout.profile);
    faultPoint('activate/generation unlinked');
    const records = this.#records();
    const { [number]: _, ...generations } = records.generations;
    this.#write({ ...records, generations });
  }

  /** Makes a generation the current one, by one rename. */
  select(number: number): void {
    symlinkAtomic(`generation-${number}`, this.#layout.current);
  }

  /** The system that the machine is on trial, until it boots. */
  trial(): StorePath | undefined {
    return readLink(this.#layout.trial) as StorePath | undefined;
  }

  tryOut(system: string): void {
    symlinkAtomic(system, this.#layout.trial);
  }

  endTrial(): void {
    removeLink(this.#layout.trial);
  }

  /** The number of the generation that the machine becomes when it boots. */
  next(): number | undefined {
    const target = readLink(this.#layout.next);
    return target === undefined ? undefined : Number(/^generation-(\d+)$/.exec(target)?.[1]) || undefined;
  }

  stage(number: number): void {
    symlinkAtomic(`generation-${number}`, this.#layout.next);
  }

  unstage(): void {
    removeLink(this.#layout.next);
  }

  #link(number: number): string {
    return `${this.#layout.profile}/generation-${number}`;
  }

  #numbers(): number[] {
    if (!fs.existsSync(this.#layout.profile)) return [];
    return fs
      .readdirSync(this.#layout.profile)
      .flatMap((name) => /^generation-(\d+)$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Without the file nothing was told; the links are what counts. */
  #records(): Records {
    const path = this.#layout.generationRecords;
    if (!fs.existsSync(path)) return { version: 1, next: 1, generations: {} };
    return JSON.parse(fs.readFileSync(path, 'utf8')) as Records;
  }

  #write(records: Records): void {
    writeFileAtomic(this.#layout.generationRecords, `${JSON.stringify(records, null, 2)}\n`);
  }
}

function readLink(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch {
    return undefined;
  }
}

function removeLink(path: string): void {
  if (readLink(path) === undefined) return;
  fs.rmSync(path, { force: true });
  syncDirectory(dirname(path));
}
