/**
 * Groups of variables that may refer to each other: `let`, `rec`, the defaults of formals. Making a value evaluates
 * nothing, so the order is free: a variable is assigned when those that its text reads are; in a cycle of thunks
 * operands are filled in afterwards, and what else is in a cycle becomes a closure.
 */
import type { Lazy } from './emit.ts';
import type { Variable } from './js-function.ts';

export interface Member {
  readonly variable: Variable;
  readonly value: Lazy;
}

const fields = ['v', 'w'] as const;

/**
 * Assignments of all members, to be joined by commas; afterwards all of them are ready. With `inOrder` they are
 * assigned as they come, whatever they read.
 */
export function assignAll(members: readonly Member[], inOrder = false): string[] {
  const texts: string[] = [];
  const patches: string[] = [];
  let waiting = [...members];
  for (const { variable } of members) variable.ready = false;
  while (waiting.length > 0) {
    const free = inOrder ? undefined : waiting.find(({ value }) => value.needs.every(({ ready }) => ready));
    const next = free ?? waiting[0]!;
    const { text, later } = assignment(next);
    texts.push(text);
    patches.push(...later);
    next.variable.ready = true;
    waiting = waiting.filter((member) => member !== next);
  }
  return [...texts, ...patches];
}

function assignment({ variable, value }: Member): { text: string; later: string[] } {
  const missing = value.needs.filter(({ ready }) => !ready);
  if (missing.length === 0) return { text: `${variable.js}=${value.text}`, later: [] };
  // Forced first of all by what reads it, and then everything in the group is assigned.
  if (value.thunk === undefined) return { text: `${variable.js}=new T(()=>F(${value.text}))`, later: [] };
  const { code, operands } = value.thunk;
  const isMissing = (operand: Variable | string): boolean => typeof operand !== 'string' && missing.includes(operand);
  const texts = operands.map((operand) =>
    typeof operand === 'string' ? operand : isMissing(operand) ? 'void 0' : operand.js,
  );
  const later = operands.flatMap((operand, i) =>
    typeof operand !== 'string' && isMissing(operand) ? [`${variable.js}.${fields[i]}=${operand.js}`] : [],
  );
  return { text: `${variable.js}=new T(${[code, ...texts].join(',')})`, later };
}
