/**
 * Places below a machine's root, as the machine itself would find them: a symbolic link on the way is followed within
 * the root, so that no link of the machine leads a change out of it (`/machine/etc/x -> /etc` means `/machine/etc`).
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { ActivateError } from './errors.ts';

/** Where a path of the machine is on disk. `folder` exists and is real; `rest` is what follows below it. */
export interface Place {
  /** As a path of the machine, without links: `/usr/bin` where `/bin` leads there. */
  readonly folder: string;
  readonly rest: readonly string[];
}

const mostLinks = 40;

/** Finds places below one root; remembers folders, so it must not outlive the look at the machine that it is for. */
export class RootPaths {
  readonly #root: string;
  /** Links that are ours: a path that leads through one is not there yet. */
  readonly #ours: ReadonlySet<string>;
  readonly #folders = new Map<string, Place>([['', { folder: '', rest: [] }]]);

  /** `root` as in `MachineLayout`; `ours` holds paths of the machine. */
  constructor(root: string, ours: ReadonlySet<string> = new Set()) {
    this.#root = root;
    this.#ours = ours;
  }

  /**
   * The place of a path; its last part is not followed.
   * @throws ActivateError `activate/path` for what leads into the store
   */
  placeOf(path: string): Place {
    const slash = path.lastIndexOf('/');
    const parent = this.folderOf(path.slice(0, slash));
    return { folder: parent.folder, rest: [...parent.rest, path.slice(slash + 1)] };
  }

  /** The place of a path that is meant to be a folder; `rest` is empty when it is one, through links or not. */
  folderOf(path: string): Place {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const found = this.#findFolder(path);
    if (/^\/nix\/store(\/|$)/.test(found.folder)) {
      throw new ActivateError('activate/path', `'${path}' leads into the store, where nothing may be changed`, {
        details: { path },
      });
    }
    this.#folders.set(path, found);
    return found;
  }

  #findFolder(path: string): Place {
    const place = this.placeOf(path);
    const [name, ...more] = place.rest;
    if (name === undefined || more.length > 0) return place;
    const here = `${place.folder}/${name}`;
    const stat = fs.lstatSync(this.#root + here, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return { folder: here, rest: [] };
    if (!stat?.isSymbolicLink() || this.#ours.has(path)) return place;
    const led = this.#follow(here, mostLinks);
    return led === undefined ? place : { folder: led, rest: [] };
  }

  /** The folder that a link leads to in the end, as a path of the machine without links; undefined when it is none, links in a circle included. */
  #follow(link: string, budget: number): string | undefined {
    if (budget === 0) return undefined;
    const target = fs.readlinkSync(this.#root + link);
    let here = target.startsWith('/') ? '' : link.slice(0, link.lastIndexOf('/'));
    for (const part of target.split('/')) {
      if (part === '' || part === '.') continue;
      const next = part === '..' ? here.slice(0, Math.max(0, here.lastIndexOf('/'))) : `${here}/${part}`;
      const stat = fs.lstatSync(this.#root + next || '/', { throwIfNoEntry: false });
      const led = stat?.isSymbolicLink() ? this.#follow(next, budget - 1) : stat?.isDirectory() ? next : undefined;
      if (led === undefined) return undefined;
      here = led;
    }
    return here;
  }
}

/** The physical path of a place. */
export function physicalPath(root: string, place: Place): string {
  return join(`${root}${place.folder}/`, ...place.rest);
}
