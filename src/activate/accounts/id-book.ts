/** The numbers of users or of groups: those that are taken, those that ever were, and which is to be given next. */
import { ActivateError } from '../errors.ts';

interface Request {
  readonly name: string;
  readonly declared: number | undefined;
  readonly system: boolean;
  /** Taken when it is free: that of the user's own group. */
  readonly preferred?: number | undefined;
}

/** First and last number, in the order in which they are tried, as Debian has them. */
const ranges = { system: [999, 100], normal: [1000, 59_999] } as const;

export class IdBook {
  readonly #what: 'uid' | 'gid';
  /** Of the lines that are there, by name. */
  readonly #present = new Map<string, number>();
  readonly #memory: Map<string, number>;
  readonly #taken: Set<number>;

  constructor(
    what: 'uid' | 'gid',
    lines: ReadonlyMap<string, string>,
    memory: Readonly<Record<string, number>>,
    declared: ReadonlyMap<string, number | undefined>,
  ) {
    this.#what = what;
    this.#memory = new Map(Object.entries(memory));
    for (const [name, line] of lines) this.#present.set(name, Number(line.split(':')[2]));
    this.#taken = new Set([
      ...this.#present.values(),
      ...this.#memory.values(),
      ...[...declared.values()].filter((id) => id !== undefined),
    ]);
  }

  /** The number of an account that is there. */
  present(name: string): number | undefined {
    return this.#present.get(name);
  }

  /**
   * The number that an account has or gets; it is remembered from now on.
   * @throws ActivateError `activate/id-change`
   */
  give(request: Request): number {
    const id = this.#choose(request);
    this.#present.set(request.name, id);
    this.#memory.set(request.name, id);
    this.#taken.add(id);
    return id;
  }

  #choose({ name, declared, system, preferred }: Request): number {
    const known = this.#present.get(name) ?? this.#memory.get(name);
    if (known !== undefined) {
      if (declared !== undefined && declared !== known) throw this.#change(name, known, declared);
      return known;
    }
    if (declared !== undefined) {
      this.#refuseTaken(name, declared);
      return declared;
    }
    if (preferred !== undefined && !this.#taken.has(preferred)) return preferred;
    return this.#free(system);
  }

  #free(system: boolean): number {
    const [first, last] = ranges[system ? 'system' : 'normal'];
    const step = first < last ? 1 : -1;
    for (let id: number = first; id !== last + step; id += step) if (!this.#taken.has(id)) return id;
    throw new ActivateError('activate/unresolvable', `every ${this.#what} from ${first} to ${last} was given already`, {
      hint: `declare a ${this.#what}`,
    });
  }

  #refuseTaken(name: string, id: number): void {
    const holder = [...this.#present, ...this.#memory].find(([other, taken]) => taken === id && other !== name)?.[0];
    if (holder === undefined) return;
    throw new ActivateError('activate/id-change', `the ${this.#what} ${id} of '${name}' is that of '${holder}'`, {
      details: { name, [this.#what]: id, holder },
      hint: `numbers are never given twice, since files carry them: declare another ${this.#what}, or none`,
    });
  }

  #change(name: string, known: number, declared: number): ActivateError {
    const what = this.#what;
    const find =
      what === 'uid'
        ? `find / -xdev -uid ${known} -exec chown -h ${declared} {} +`
        : `find / -xdev -gid ${known} -exec chgrp -h ${declared} {} +`;
    const tool = what === 'uid' ? `usermod -u ${declared} ${name}` : `groupmod -g ${declared} ${name}`;
    return new ActivateError('activate/id-change', `'${name}' has the ${what} ${known}, and ${declared} is declared`, {
      details: { name, before: known, after: declared },
      hint: `declare ${known}, or none; or change it by hand, files and all: ${tool}; ${find}`,
    });
  }

  remembered(): Record<string, number> {
    return Object.fromEntries([...this.#memory].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
