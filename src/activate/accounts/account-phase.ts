/**
 * Changes the machine's account files, each by one rename and under the lock that Debian's own tools take (`.pwd.lock`).
 * Only the lines that the plan names are changed, so that what somebody else changes meanwhile stays.
 */
import * as fs from 'node:fs';
import { errnoOf } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault.ts';
import { makeFolders } from '../../base/folders.ts';
import { syncDirectory, temporaryName, writeFileAtomic } from '../../base/fs-atomic.ts';
import { ActivateError } from '../errors.ts';
import type { JournalHead } from '../journal.ts';
import type { MachineLayout } from '../layout.ts';
import type { Phase, UndoStage } from '../phase.ts';
import { exists } from '../places.ts';
import { physicalPath, RootPaths } from '../root-path.ts';
import { accountFileAt, readAccountMemory } from './account-files.ts';
import { linesByName, withLines } from './account-lines.ts';
import { type AccountFile, type AccountMemory, accountFiles, type LineChange } from './account-values.ts';
import { withPasswdLock } from './passwd-lock.ts';

/** Modes of files that are not there yet. */
const modes: Readonly<Record<AccountFile, number>> = { passwd: 0o644, group: 0o644, shadow: 0o640, gshadow: 0o640 };

export class AccountPhase implements Phase {
  readonly name = 'accounts';
  readonly #layout: MachineLayout;
  /** Whether homes get their owners. */
  readonly #owners: boolean;

  constructor(layout: MachineLayout, owners: boolean) {
    this.#layout = layout;
    this.#owners = owners;
  }

  async beforeFiles({ accounts }: JournalHead): Promise<void> {
    this.#remember(accounts.memory);
    await this.#change(accounts.lines, false);
    for (const home of accounts.homes) this.#makeHome(home);
  }

  async afterFiles(): Promise<void> {}

  async beforeUndo(): Promise<void> {}

  async afterUndo({ accounts }: JournalHead, stage: UndoStage): Promise<void> {
    if (!stage.stopped) return;
    await this.#change(accounts.lines, true);
    for (const home of accounts.homes.toReversed()) this.#removeHome(home.path);
    // Numbers that were given stay given.
    const { uids, gids } = accounts.memory;
    this.#remember({ ...accounts.memoryBefore, uids, gids });
  }

  #remember(memory: AccountMemory): void {
    const text = `${JSON.stringify(memory, null, 2)}\n`;
    const known = readAccountMemory(this.#layout);
    if (JSON.stringify(memory) === JSON.stringify(known)) return;
    writeFileAtomic(this.#layout.accounts, text, 0o600);
    faultPoint('activate/accounts remembered');
  }

  async #change(lines: readonly LineChange[], back: boolean): Promise<void> {
    if (lines.length === 0) return;
    await withPasswdLock(this.#layout.root, () => {
      for (const file of accountFiles) {
        const changes = lines.filter((line) => line.file === file);
        if (changes.length > 0) this.#changeFile(file, changes, back);
        faultPoint(`activate/accounts ${file}`);
      }
    });
  }

  #changeFile(file: AccountFile, changes: readonly LineChange[], back: boolean): void {
    const path = accountFileAt(this.#layout.root, file);
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    const text = stat === undefined ? '' : fs.readFileSync(path, 'utf8');
    const now = linesByName(text);
    const stranger = changes.find(({ name, before, after }) => ![before, after].includes(now.get(name) ?? null));
    if (stranger !== undefined && !back) throw changedMeanwhile(file, stranger.name);
    // What somebody else changed since is theirs: it is not put back.
    const ours = changes.filter(({ name, before, after }) => [before, after].includes(now.get(name) ?? null));
    const next = withLines(text, ours, back);
    if (back && next === '' && stat !== undefined) fs.rmSync(path);
    else if (next !== text) this.#write(path, next, stat, modes[file]);
  }

  /** As `writeFileAtomic`, with the owner of the file that it replaces. */
  #write(path: string, text: string, old: fs.Stats | undefined, mode: number): void {
    const folder = path.slice(0, path.lastIndexOf('/'));
    makeFolders(folder);
    const temporary = temporaryName(folder);
    writeFileAtomic(temporary, text, old === undefined ? mode : old.mode & 0o7777);
    if (this.#owners && old !== undefined) fs.chownSync(temporary, old.uid, old.gid);
    fs.renameSync(temporary, path);
    syncDirectory(folder);
  }

  #makeHome({ path, uid, gid }: { readonly path: string; readonly uid: number; readonly gid: number }): void {
    const home = physicalPath(this.#layout.root, new RootPaths(this.#layout.root).placeOf(path));
    if (exists(home)) return;
    makeFolders(home.slice(0, home.lastIndexOf('/')));
    fs.mkdirSync(home, { mode: 0o700 });
    if (this.#owners) fs.chownSync(home, uid, gid);
    faultPoint('activate/home made');
  }

  /** Only an empty one: it may have been used in the meantime. */
  #removeHome(path: string): void {
    const home = physicalPath(this.#layout.root, new RootPaths(this.#layout.root).placeOf(path));
    try {
      fs.rmdirSync(home);
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
    }
  }
}

function changedMeanwhile(file: AccountFile, name: string): ActivateError {
  return new ActivateError(
    'activate/changed-meanwhile',
    `'${name}' in /etc/${file} was changed after the plan was made`,
    {
      details: { file, name },
      hint: 'switch again',
    },
  );
}
