/** The machine's files as resources change them: below its root, links of folders followed within it. */
import * as fs from 'node:fs';
import { basename } from 'node:path';
import { bytesOf, fromUnicode } from '../../../base/bytes.ts';
import { makeFolders } from '../../../base/folders.ts';
import { temporaryName, writeFileAtomic } from '../../../base/fs-atomic.ts';
import { statIfThere } from '../../places.ts';
import { physicalPath, RootPaths } from '../../root-path.ts';
import { DiskFiles } from '../map/host-files.ts';
import { copyPath } from '../overrides/copies.ts';
import type { HostFilesToChange, PathState } from './resource.ts';

export class ChangeableFiles extends DiskFiles implements HostFilesToChange {
  readonly #top: string;
  /** Where things go that are set aside. */
  readonly #aside: string;

  constructor(root: string, aside: string) {
    super(root);
    this.#top = root;
    this.#aside = aside;
  }

  state(path: string): PathState | undefined {
    const stat = statIfThere(this.#place(path));
    if (stat === undefined) return undefined;
    const kind = stat.isFile()
      ? 'file'
      : stat.isDirectory()
        ? 'directory'
        : stat.isSymbolicLink()
          ? 'symlink'
          : 'other';
    return { kind, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
  }

  write(path: string, text: string, mode: number): void {
    const place = this.#place(path);
    const before = this.state(path);
    if (before?.kind === 'file') {
      writeFileAtomic(place, bytesOf(text), before.mode);
      if (process.geteuid?.() === 0) fs.chownSync(place, before.uid, before.gid);
      fs.chmodSync(place, before.mode);
    } else writeFileAtomic(place, bytesOf(text), mode);
  }

  makeFolder(path: string, mode: number): void {
    const place = this.#place(path);
    makeFolders(place);
    fs.chmodSync(place, mode);
  }

  setMode(path: string, mode: number): void {
    fs.chmodSync(this.#place(path), mode);
  }

  setOwner(path: string, uid: number, gid: number): void {
    fs.lchownSync(this.#place(path), uid, gid);
  }

  makeLink(path: string, target: string): void {
    fs.symlinkSync(target, this.#place(path));
  }

  remove(path: string): void {
    const place = this.#place(path);
    if (statIfThere(place)?.isDirectory()) fs.rmdirSync(place);
    else fs.rmSync(place, { force: true });
  }

  setAside(path: string): void {
    const place = this.#place(path);
    fs.mkdirSync(this.#aside, { recursive: true, mode: 0o700 });
    copyPath(place, temporaryName(this.#aside).replace('.tmp-', `${basename(path)}-`));
    fs.rmSync(place, { recursive: true });
  }

  /** Looked up anew: earlier changes may have moved it. */
  #place(path: string): string {
    const place = physicalPath(this.#top, new RootPaths(this.#top).placeOf(path));
    return Buffer.from(fromUnicode(place), 'latin1').toString();
  }
}
