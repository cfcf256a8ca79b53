/** Looks at the accounts of a machine, and plans what a switch changes of them. Changes nothing. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { ActivateError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { DeclaredUser, Manifest } from '../manifest.ts';
import { isFolder } from '../places.ts';
import { physicalPath, RootPaths } from '../root-path.ts';
import type { Password } from './account-draft.ts';
import { readAccountMemory, readAccountTexts } from './account-files.ts';
import { type AccountPlan, planAccounts } from './account-plan.ts';

const dayLength = 24 * 60 * 60 * 1000;

/** @throws ActivateError `activate/id-change`, `activate/unresolvable`, `activate/preflight` */
export function lookAtAccounts(machine: Machine, before: Manifest | undefined, after: Manifest): AccountPlan {
  const none = { users: [], groups: [] };
  const declared = [before ?? none, after];
  if (declared.every(({ users, groups }) => users.length + groups.length === 0)) {
    const memory = readAccountMemory(machine.layout);
    return { steps: [], work: { lines: [], homes: [], memory, memoryBefore: memory }, texts: undefined };
  }
  refuseDeclaredFiles(after);
  const { layout } = machine;
  const places = new RootPaths(layout.root);
  return planAccounts({
    texts: readAccountTexts(layout.root),
    before: before ?? none,
    after,
    memory: readAccountMemory(layout),
    passwords: readPasswords(layout.root, after.users),
    today: Math.floor(machine.now().getTime() / dayLength),
    hasFolder: (path) => isFolder(physicalPath(layout.root, places.placeOf(path))),
  });
}

/** Accounts are declared one by one, or as a whole file: both at once would undo each other. */
function refuseDeclaredFiles({ files, users, groups }: Manifest): void {
  if (users.length + groups.length === 0) return;
  const file = files.find(({ path }) => /^\/etc\/(passwd|group|shadow|gshadow)$/.test(path));
  if (file === undefined) return;
  throw new ActivateError(
    'activate/unresolvable',
    `'${file.path}' is declared as a file (${file.declared.option}), and so are users or groups`,
    { details: { path: file.path }, hint: 'declare the accounts as users and groups alone' },
  );
}

function readPasswords(root: string, users: readonly DeclaredUser[]): Map<string, Password> {
  return new Map(
    users.flatMap((user) => (user.passwordFile === undefined ? [] : [[user.name, readPassword(root, user)] as const])),
  );
}

function readPassword(root: string, { name, passwordFile, declared }: DeclaredUser): Password {
  const refuse = (why: string, cause?: unknown): ActivateError =>
    new ActivateError('activate/preflight', `the password file '${passwordFile}' of '${name}' ${why}`, {
      details: { user: name, path: passwordFile, option: declared.option },
      hint: `mkpasswd prints what belongs in it; it should be root's alone`,
      cause,
    });
  let text: string;
  try {
    text = fs.readFileSync(physicalPath(root, new RootPaths(root).placeOf(passwordFile!)), 'utf8');
  } catch (error) {
    throw refuse('cannot be read', error);
  }
  const hash = text.trim();
  // A word without a dollar is no hash; nobody's password may be shown in a message.
  if (!/^[$_][^:\s]+$/.test(hash)) throw refuse('does not hold the hash of a password as crypt(5) has it');
  return { hash, digest: createHash('sha256').update(hash).digest('hex') };
}
