/** The lines of `group` and `gshadow` for declared groups, and for all groups that declared users are members of. Pure. */
import { ActivateError } from '../errors.ts';
import type { DeclaredGroup, DeclaredUser } from '../manifest.ts';
import type { AccountDraft, AccountPlanInput } from './account-draft.ts';
import { fieldsOf, membersOf } from './account-lines.ts';
import type { AccountAction } from './account-values.ts';

export function planGroups(input: AccountPlanInput, draft: AccountDraft): void {
  const { before, after } = input;
  const declared = new Map(after.groups.map((group) => [group.name, group]));
  for (const group of after.groups) planGroup(input, draft, group);
  const mentioned = [...before.users, ...after.users].flatMap((user) => user.groups);
  for (const name of new Set(mentioned)) {
    if (!declared.has(name)) planMembers(input, draft, name);
  }
  for (const group of before.groups) {
    if (declared.has(group.name) || !draft.lines.group.has(group.name)) continue;
    addStep(draft, group, 'leave', 'not declared any more; files may still be its own');
  }
  for (const user of after.users) requireGroups(draft, user);
}

function planGroup({ before, after }: AccountPlanInput, draft: AccountDraft, group: DeclaredGroup): void {
  const { name } = group;
  const old = draft.lines.group.get(name);
  const isOurs = before.groups.some((other) => other.name === name);
  const id = draft.gids.give({ name, declared: group.gid, system: group.system });
  const members = membersAfter(before.users, after.users, name, old === undefined ? [] : membersOf(old));
  const [, password = 'x'] = old?.split(':') ?? [];
  const line = `${name}:${password}:${id}:${members.join(',')}`;
  draft.lines.group.set(name, line);
  shadowMembers(draft, name, members);
  if (old === undefined) addStep(draft, group, 'create', 'new');
  else if (!isOurs) addStep(draft, group, 'adopt', 'it was there before');
  else if (old !== line) addStep(draft, group, 'change', 'its members changed');
}

/** A group of somebody else: only those of its members that are declared are ours to change. */
function planMembers({ before, after }: AccountPlanInput, draft: AccountDraft, name: string): void {
  const old = draft.lines.group.get(name);
  if (old === undefined) return;
  const members = membersAfter(before.users, after.users, name, membersOf(old));
  if (members.join(',') === membersOf(old).join(',')) return;
  const [, password, id] = fieldsOf(old, 4);
  draft.lines.group.set(name, `${name}:${password}:${id}:${members.join(',')}`);
  shadowMembers(draft, name, members);
  draft.steps.push({
    ...{ kind: 'group', name, action: 'change', reason: 'its members changed', realm: 'convergent' },
    declared: after.users.find((user) => user.groups.includes(name))?.declared,
    id: Number(id),
  });
}

/** Members that were never declared stay, in their order; declared ones come and go. */
function membersAfter(
  before: readonly DeclaredUser[],
  after: readonly DeclaredUser[],
  group: string,
  now: readonly string[],
): string[] {
  const wanted = after.filter((user) => user.groups.includes(group)).map((user) => user.name);
  const declared = new Set([...before, ...after].map((user) => user.name));
  const stay = now.filter((name) => wanted.includes(name) || !declared.has(name));
  return [...stay, ...wanted.filter((name) => !stay.includes(name))];
}

/** Kept in step where the machine has the file. */
function shadowMembers(draft: AccountDraft, name: string, members: readonly string[]): void {
  const { gshadow } = draft.lines;
  if (gshadow.size === 0) return;
  const [, password, admins] = fieldsOf(gshadow.get(name) ?? `${name}:!::`, 4);
  gshadow.set(name, `${name}:${password}:${admins}:${members.join(',')}`);
}

function requireGroups(draft: AccountDraft, user: DeclaredUser): void {
  const missing = [user.group, ...user.groups].find((name) => !draft.lines.group.has(name));
  if (missing === undefined) return;
  throw new ActivateError(
    'activate/unresolvable',
    `the group '${missing}' of the user '${user.name}' is neither declared nor on the machine`,
    { details: { user: user.name, group: missing, option: user.declared.option }, hint: 'declare the group as well' },
  );
}

function addStep(draft: AccountDraft, group: DeclaredGroup, action: AccountAction, reason: string): void {
  const id = draft.gids.present(group.name)!;
  const { name, declared } = group;
  draft.steps.push({ kind: 'group', name, action, reason, realm: 'convergent', declared, id });
}
