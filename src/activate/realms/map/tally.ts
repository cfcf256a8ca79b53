/** How many paths and bytes each realm has, in all and below each folder. Pure. */
import { type MapRealm, mapRealms } from './claims.ts';
import { folderOf } from './entry.ts';

export interface Share {
  readonly paths: number;
  readonly bytes: number;
}

export type Shares = Readonly<Record<MapRealm, Share>>;

/** A folder with what is in it, folders below included. */
export interface FolderShares {
  readonly path: string;
  readonly shares: Shares;
  readonly bytes: number;
  readonly paths: number;
  readonly folders: readonly FolderShares[];
}

const indexOf: Readonly<Record<MapRealm, number>> = { congruent: 0, convergent: 1, divergent: 2, unknown: 3 };

export class Tally {
  /** By folder: paths and bytes of each realm directly in it, in the order of `mapRealms`, by twos. */
  readonly #own = new Map<string, Float64Array>();
  #folder = '';
  #cells: Float64Array | undefined;

  add(folder: string, realm: MapRealm, bytes: number): void {
    if (this.#cells === undefined || folder !== this.#folder) {
      this.#folder = folder;
      this.#cells = this.#cellsOf(folder);
    }
    const at = indexOf[realm] * 2;
    this.#cells[at]! += 1;
    this.#cells[at + 1]! += bytes;
  }

  #cellsOf(folder: string): Float64Array {
    let cells = this.#own.get(folder);
    if (cells === undefined) {
      cells = new Float64Array(mapRealms.length * 2);
      this.#own.set(folder, cells);
    }
    return cells;
  }

  /** The whole machine. */
  shares(): Shares {
    const sum = new Float64Array(mapRealms.length * 2);
    for (const cells of this.#own.values()) addTo(sum, cells);
    return sharesOf(sum);
  }

  /** The folders as a tree. @param depth how many levels below the root; deeper ones are counted in theirs */
  tree(depth: number): FolderShares {
    const sums = new Map<string, Float64Array>();
    for (const [folder, cells] of this.#own) {
      for (let at = cut(folder, depth); ; at = folderOf(at)) {
        let sum = sums.get(at);
        if (sum === undefined) sums.set(at, (sum = new Float64Array(cells.length)));
        addTo(sum, cells);
        if (at === '/') break;
      }
    }
    const children = Map.groupBy(
      [...sums.keys()].filter((path) => path !== '/'),
      folderOf,
    );
    const build = (path: string): FolderShares => {
      const shares = sharesOf(sums.get(path) ?? new Float64Array(mapRealms.length * 2));
      const folders = (children.get(path) ?? []).sort().map(build);
      const total = (part: keyof Share): number => mapRealms.reduce((sum, realm) => sum + shares[realm][part], 0);
      return { path, shares, bytes: total('bytes'), paths: total('paths'), folders };
    };
    return build('/');
  }
}

/** The first `depth` parts of a path. */
function cut(path: string, depth: number): string {
  let at = 0;
  for (let level = 0; level < depth && at >= 0; level++) at = path.indexOf('/', at + 1);
  return at <= 0 ? (depth === 0 ? '/' : path) : path.slice(0, at);
}

function addTo(sum: Float64Array, cells: Float64Array): void {
  for (let i = 0; i < cells.length; i++) sum[i]! += cells[i]!;
}

function sharesOf(cells: Float64Array): Shares {
  const share = (realm: MapRealm): Share => ({
    paths: cells[indexOf[realm] * 2]!,
    bytes: cells[indexOf[realm] * 2 + 1]!,
  });
  return {
    congruent: share('congruent'),
    convergent: share('convergent'),
    divergent: share('divergent'),
    unknown: share('unknown'),
  };
}
