/** What a switch does to the users and groups of a machine, as values. */
import type { Declaration, Realm } from '../manifest-fields.ts';

export type AccountAction =
  | 'create'
  | 'change'
  /** It was there before us, and is as declared from now on. */
  | 'adopt'
  /** No longer declared, or declared so: nobody can log in with it; its files and its number stay its own. */
  | 'lock'
  | 'unlock'
  /** A group that is no longer declared stays, without the members that were declared. */
  | 'leave';

export interface AccountStep {
  readonly kind: 'user' | 'group';
  readonly name: string;
  readonly action: AccountAction;
  readonly reason: string;
  readonly realm: Realm;
  readonly declared: Declaration | undefined;
  /** The number it has. */
  readonly id: number;
}

/** The four files of accounts below `/etc`. */
export type AccountFile = 'passwd' | 'group' | 'shadow' | 'gshadow';

export const accountFiles: readonly AccountFile[] = ['group', 'gshadow', 'passwd', 'shadow'];

/** One line of one of the files, by the account it is of; null: there is none. */
export interface LineChange {
  readonly file: AccountFile;
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A home that is made when it is not there. */
export interface HomeWork {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

/** What the journal has of it. Lines of `shadow` hold hashes of passwords: the journal is root's alone, and no plan shows them. */
export interface AccountWork {
  readonly lines: readonly LineChange[];
  readonly homes: readonly HomeWork[];
  readonly memory: AccountMemory;
  readonly memoryBefore: AccountMemory;
}

/** A user that a switch locked because it was no longer declared. */
export interface LockedUser {
  /** What its expiry was. */
  readonly expiry: string;
  /** Whether its password got the mark of a locked one then: it may have had it before. */
  readonly marked: boolean;
}

/** What is remembered of accounts, for ever: a number is never given to another name. */
export interface AccountMemory {
  readonly version: 1;
  readonly uids: Readonly<Record<string, number>>;
  readonly gids: Readonly<Record<string, number>>;
  readonly locked: Readonly<Record<string, LockedUser>>;
  /** SHA-256 of the password file that was last taken over, by user. */
  readonly passwords: Readonly<Record<string, string>>;
}

export const noMemory: AccountMemory = { version: 1, uids: {}, gids: {}, locked: {}, passwords: {} };
