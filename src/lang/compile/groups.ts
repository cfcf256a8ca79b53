/**
 * Groups of variables that may refer to each other: `let`, `rec`, the defaults of formals. Making a value evaluates
 * nothing, so the order is free: a variable is assigned when those that its text reads are; in a cycle of thunks
 * operands are filled in afterwards, and what else is in a cycle becomes a closure.
 */
import type { Emitter, OpenThunk } from './emit.ts';
import type { Variable } from './js-function.ts';

export interface Member {
  readonly variable: Variable;
  readonly text: string;
  /** What the text reads that was not assigned when it was written. */
  readonly needs: readonly Variable[];
  /** Set where the text is a thunk whose operands can be filled in later. */
  readonly thunk: OpenThunk | null;
}

const nothing: readonly Variable[] = [];

/** Writes the value of a variable of a group. */
export function member(c: Emitter, variable: Variable, write: () => string): Member {
  const outer = c.needs;
  const needs: Variable[] = [];
  c.needs = needs;
  c.openThunk = null;
  const text = write();
  c.needs = outer;
  const open = c.openThunk as OpenThunk | null;
  return { variable, text, needs: needs.length === 0 ? nothing : needs, thunk: open?.text === text ? open : null };
}

/**
 * Assignments of all members, to be joined by commas; afterwards all of them are ready. With `inOrder` they are
 * assigned as they come, whatever they read.
 */
export function assignAll(members: readonly Member[], inOrder: boolean): string[] {
  const texts: string[] = [];
  const patches: string[] = [];
  for (const { variable } of members) variable.ready = false;
  let waiting = members;
  while (waiting.length > 0) {
    const rest: Member[] = [];
    for (const one of waiting) {
      if (inOrder || one.needs.every((needed) => needed.ready)) assign(one, texts, patches);
      else rest.push(one);
    }
    // Nothing could be assigned: one of the cycle has to begin.
    if (rest.length === waiting.length) assign(rest.shift()!, texts, patches);
    waiting = rest;
  }
  return patches.length === 0 ? texts : [...texts, ...patches];
}

const fields = ['v', 'w'] as const;

function assign({ variable, text, needs, thunk }: Member, texts: string[], patches: string[]): void {
  const { js } = variable;
  const missing = needs.some((needed) => !needed.ready);
  if (!missing) texts.push(`${js}=${text}`);
  // A closure reads variables when it runs, and then everything in the group is assigned.
  else if (thunk === null) texts.push(`${js}=new T(()=>F(${text}))`);
  else {
    let made = `${js}=new T(${thunk.code}`;
    thunk.operands.forEach((operand, i) => {
      const known = typeof operand === 'string' ? operand : operand.ready ? operand.js : 'void 0';
      made += `,${known}`;
      if (known === 'void 0') patches.push(`${js}.${fields[i]}=${(operand as Variable).js}`);
    });
    texts.push(`${made})`);
  }
  variable.ready = true;
}
