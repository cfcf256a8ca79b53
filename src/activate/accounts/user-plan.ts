/**
 * The lines of `passwd` and `shadow` for declared users, and for those that are no longer declared: these are locked,
 * never deleted. Pure.
 */
import type { DeclaredUser } from '../manifest.ts';
import type { AccountDraft, AccountPlanInput } from './account-draft.ts';
import { fieldsOf } from './account-lines.ts';
import type { AccountAction } from './account-values.ts';

export function planUsers(input: AccountPlanInput, draft: AccountDraft): void {
  const { before, after } = input;
  for (const user of after.users) planUser(input, draft, user);
  for (const user of before.users) {
    if (!after.users.some((other) => other.name === user.name)) lockUser(draft, user);
  }
}

function planUser(input: AccountPlanInput, draft: AccountDraft, user: DeclaredUser): void {
  const { passwd } = draft.lines;
  const { name } = user;
  const old = passwd.get(name);
  const gid = draft.gids.present(user.group)!;
  const preferred = user.group === name ? gid : undefined;
  const uid = draft.uids.give({ name, declared: user.uid, system: user.system, preferred });
  const [, password] = old?.split(':') ?? [];
  const line = `${name}:${password ?? 'x'}:${uid}:${gid}:${user.description}:${user.home}:${user.shell}`;
  passwd.set(name, line);
  const secret = planShadow(input, draft, user, old === undefined);
  const isOurs = input.before.users.some((other) => other.name === name);
  if (user.createHome && !input.hasFolder(user.home)) draft.homes.push({ path: user.home, uid, gid });
  if (old === undefined) addStep(draft, user, 'create', 'new');
  else if (secret === 'unlocked') addStep(draft, user, 'unlock', 'declared again');
  else if (!isOurs) addStep(draft, user, 'adopt', 'it was there before');
  else if (old !== line) addStep(draft, user, 'change', `${changedFields(old, line)} changed`);
  else if (secret === 'locked') addStep(draft, user, 'lock', 'declared to be locked');
  else if (secret === 'changed') addStep(draft, user, 'change', 'its password file changed');
}

function changedFields(before: string, after: string): string {
  const names = ['name', 'password', 'uid', 'primary group', 'description', 'home', 'shell'];
  const [old, fresh] = [fieldsOf(before, 7), fieldsOf(after, 7)];
  return names.filter((_, index) => old[index] !== fresh[index]).join(', ');
}

type Secret = 'same' | 'changed' | 'locked' | 'unlocked';

/** Fields of shadow: name, password, last change, minimum, maximum, warning, inactive, expiry, reserved. */
function planShadow(input: AccountPlanInput, draft: AccountDraft, user: DeclaredUser, isNew: boolean): Secret {
  const { shadow } = draft.lines;
  const { name } = user;
  const fields = fieldsOf(shadow.get(name) ?? `${name}:*:${input.today}:0:99999:7:::`, 9);
  const wasUnlocked = unlock(input, draft, user, fields);
  const isChanged = takePassword(input, draft, user, fields, isNew);
  const isLocked = user.locked && mark(fields);
  shadow.set(name, fields.join(':'));
  return wasUnlocked ? 'unlocked' : isLocked ? 'locked' : isChanged ? 'changed' : 'same';
}

/** Takes back what locking it did, whether it was no longer declared or declared to be locked. */
function unlock({ before }: AccountPlanInput, draft: AccountDraft, user: DeclaredUser, fields: string[]): boolean {
  const locked = draft.locked.get(user.name);
  draft.locked.delete(user.name);
  if (locked !== undefined) fields[7] = locked.expiry;
  const wasDeclaredSo = before.users.some((other) => other.name === user.name && other.locked);
  if (locked?.marked !== true && (!wasDeclaredSo || user.locked)) return locked !== undefined;
  // Without its mark a password of nothing else would be no password at all.
  if (/^!./.test(fields[1]!)) fields[1] = fields[1]!.slice(1);
  return true;
}

/** Takes over a password file that is new or has changed since it was taken over last. */
function takePassword(
  { passwords, today }: AccountPlanInput,
  draft: AccountDraft,
  { name }: DeclaredUser,
  fields: string[],
  isNew: boolean,
): boolean {
  const given = passwords.get(name);
  if (given === undefined || (!isNew && draft.digests.get(name) === given.digest)) return false;
  draft.digests.set(name, given.digest);
  if (fields[1]!.replace(/^!/, '') === given.hash) return false;
  fields[1] = given.hash;
  fields[2] = String(today);
  return true;
}

/** Marks the password as that of a locked account; false when it is already. */
function mark(fields: string[]): boolean {
  if (fields[1]!.startsWith('!')) return false;
  fields[1] = `!${fields[1]}`;
  return true;
}

/** Nobody can log in any more, with a password or a key; files keep their owner, and the number is not given again. */
function lockUser(draft: AccountDraft, user: DeclaredUser): void {
  const { name } = user;
  if (!draft.lines.passwd.has(name) || draft.locked.has(name)) return;
  const fields = fieldsOf(draft.lines.shadow.get(name) ?? `${name}:*:::::::`, 9);
  draft.uids.give({ name, declared: undefined, system: user.system });
  const expiry = fields[7]!;
  draft.locked.set(name, { expiry, marked: mark(fields) });
  fields[7] = '1';
  draft.lines.shadow.set(name, fields.join(':'));
  addStep(draft, user, 'lock', 'not declared any more; its files stay');
}

function addStep(draft: AccountDraft, user: DeclaredUser, action: AccountAction, reason: string): void {
  const { name, declared } = user;
  const id = draft.uids.present(name)!;
  draft.steps.push({ kind: 'user', name, action, reason, realm: 'convergent', declared, id });
}
