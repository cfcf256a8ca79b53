/** What the planning of accounts is given, and the draft that it fills in. */
import type { DeclaredGroup, DeclaredUser } from '../manifest.ts';
import type { AccountTexts } from './account-lines.ts';
import type { AccountFile, AccountMemory, AccountStep, HomeWork, LockedUser } from './account-values.ts';
import type { IdBook } from './id-book.ts';

export interface DeclaredAccounts {
  readonly users: readonly DeclaredUser[];
  readonly groups: readonly DeclaredGroup[];
}

export interface Password {
  /** As shadow(5) has it. */
  readonly hash: string;
  /** SHA-256 of the file that it comes from. */
  readonly digest: string;
}

export interface AccountPlanInput {
  /** The files as they are; empty where they are not there. */
  readonly texts: AccountTexts;
  readonly before: DeclaredAccounts;
  readonly after: DeclaredAccounts;
  readonly memory: AccountMemory;
  /** What the password files of declared users hold. */
  readonly passwords: ReadonlyMap<string, Password>;
  /** Days since 1970. */
  readonly today: number;
  /** Whether a folder is on the machine. */
  readonly hasFolder: (path: string) => boolean;
}

/** What the planning of users and of groups fills in. */
export interface AccountDraft {
  readonly lines: Readonly<Record<AccountFile, Map<string, string>>>;
  readonly steps: AccountStep[];
  readonly homes: HomeWork[];
  readonly uids: IdBook;
  readonly gids: IdBook;
  readonly locked: Map<string, LockedUser>;
  readonly digests: Map<string, string>;
}
