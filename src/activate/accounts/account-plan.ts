/**
 * Which lines of the machine's account files a switch changes: users and groups converge on what is declared, whoever
 * else is on the machine is left alone. Numbers are remembered and never given to another name; a declared number that
 * the machine has otherwise is refused, since files carry the old one. Pure.
 */
import type { AccountDraft, AccountPlanInput } from './account-draft.ts';
import { type AccountTexts, linesByName, withLines } from './account-lines.ts';
import {
  type AccountFile,
  type AccountStep,
  type AccountWork,
  accountFiles,
  type LineChange,
} from './account-values.ts';
import { planGroups } from './group-plan.ts';
import { IdBook } from './id-book.ts';
import { planUsers } from './user-plan.ts';

export interface AccountPlan {
  readonly steps: readonly AccountStep[];
  readonly work: AccountWork;
  /** The files as they will be; undefined where no accounts are declared. */
  readonly texts: Pick<AccountTexts, 'passwd' | 'group'> | undefined;
}

/** @throws ActivateError `activate/id-change`, `activate/unresolvable` */
export function planAccounts(input: AccountPlanInput): AccountPlan {
  const { texts, memory, after } = input;
  const lines = Object.fromEntries(accountFiles.map((file) => [file, linesByName(texts[file])]));
  const draft: AccountDraft = {
    lines: lines as AccountDraft['lines'],
    steps: [],
    homes: [],
    uids: new IdBook('uid', lines['passwd']!, memory.uids, new Map(after.users.map((user) => [user.name, user.uid]))),
    gids: new IdBook(
      'gid',
      lines['group']!,
      memory.gids,
      new Map(after.groups.map((group) => [group.name, group.gid])),
    ),
    locked: new Map(Object.entries(memory.locked)),
    digests: new Map(Object.entries(memory.passwords)),
  };
  planGroups(input, draft);
  planUsers(input, draft);
  const changes = accountFiles.flatMap((file) => changesOf(file, linesByName(texts[file]), draft.lines[file]));
  const textOf = (file: AccountFile): string => {
    const ofFile = changes.filter((change) => change.file === file);
    return ofFile.length === 0 ? texts[file] : withLines(texts[file], ofFile);
  };
  return {
    steps: draft.steps,
    texts: { passwd: textOf('passwd'), group: textOf('group') },
    work: {
      lines: changes,
      homes: draft.homes,
      memoryBefore: memory,
      memory: {
        version: 1,
        uids: draft.uids.remembered(),
        gids: draft.gids.remembered(),
        locked: Object.fromEntries([...draft.locked].sort()),
        passwords: Object.fromEntries([...draft.digests].sort()),
      },
    },
  };
}

function changesOf(file: AccountFile, before: Map<string, string>, after: Map<string, string>): LineChange[] {
  return [...after].flatMap(([name, line]) => {
    const old = before.get(name) ?? null;
    return old === line ? [] : [{ file, name, before: old, after: line }];
  });
}
