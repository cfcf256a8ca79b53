/**
 * Names of users and groups as numbers, from the texts of the machine's own `/etc/passwd` and `/etc/group`
 * (`name:password:number:…`, one a line; passwd(5), group(5)). Pure.
 */
import { ActivateError } from './errors.ts';

export interface Accounts {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
}

/** Lines that are not of the form are skipped, as the C library does. */
export function parseAccounts(passwd: string, group: string): Accounts {
  return { users: numbers(passwd), groups: numbers(group) };
}

function numbers(text: string): Map<string, number> {
  const found = new Map([['root', 0]]);
  for (const line of text.split('\n')) {
    const [name, , number] = line.split(':');
    if (name && number !== undefined && /^\d+$/.test(number) && !found.has(name)) found.set(name, Number(number));
  }
  return found;
}

/**
 * The number of an owner, which is a name or digits.
 * @throws ActivateError `activate/unresolvable`
 */
export function resolveAccount(accounts: Accounts, kind: 'user' | 'group', name: string, path: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const found = (kind === 'user' ? accounts.users : accounts.groups).get(name);
  if (found !== undefined) return found;
  const file = kind === 'user' ? '/etc/passwd' : '/etc/group';
  throw new ActivateError(
    'activate/unresolvable',
    `the ${kind} '${name}' of '${path}' is not in the machine's ${file}`,
    {
      details: { path, [kind]: name },
      hint: `add it to ${file}, or give the ${kind}'s number`,
    },
  );
}
