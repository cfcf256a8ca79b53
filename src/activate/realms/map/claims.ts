/**
 * Who answers for a path: an option of the configuration, a package of the host, a convergent resource, a rule. A claim
 * names one path; rules (`patterns.ts`) speak for what no claim names. Pure.
 */
import type { Declaration, Realm } from '../../manifest.ts';

/** Realms of a machine's parts; `unknown`: nobody said anything. */
export type MapRealm = Realm | 'unknown';

export const mapRealms = ['congruent', 'convergent', 'divergent', 'unknown'] as const satisfies readonly MapRealm[];

export type Owner =
  | ({ readonly type: 'option' } & Declaration)
  /** A folder that was made for declared files, or what keeps generations. */
  | { readonly type: 'generation' }
  | { readonly type: 'store' }
  | { readonly type: 'sysbuild' }
  /** `declared`: a convergent resource asks for the package. */
  | { readonly type: 'package'; readonly name: string; readonly version: string; readonly declared: boolean }
  | ({ readonly type: 'resource'; readonly name: string } & Declaration)
  /** Written by a program of the host from other things. */
  | { readonly type: 'generator'; readonly name: string }
  | {
      readonly type: 'rule';
      readonly pattern: string;
      readonly reason: string;
      readonly declared: Declaration | undefined;
    }
  /** For units, ports and processes: what runs them. */
  | { readonly type: 'unit'; readonly name: string }
  | { readonly type: 'nobody' };

/** What a path has to be, as far as its owner says. */
export interface Expected {
  /** MD5 of the content, as packages have it, in hexadecimal. */
  readonly md5?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** A configuration file of a package, which people may change. */
  readonly conffile?: boolean;
  /** It may be missing: a description of the host's package manager leaves it out. */
  readonly optional?: boolean;
}

export interface Claim {
  readonly realm: MapRealm;
  readonly owner: Owner;
  readonly expected?: Expected;
  /** An owner whose claim is weaker. */
  readonly also?: Owner;
}

/** Claims by path; the first one for a path is the strongest. */
export class Claims {
  readonly #byPath = new Map<string, Claim>();
  readonly #folders = new Set<string>();

  add(path: string, claim: Claim): void {
    const stronger = this.#byPath.get(path);
    if (stronger === undefined) this.#byPath.set(path, claim);
    else if (stronger.also === undefined && stronger.owner.type !== claim.owner.type) {
      this.#byPath.set(path, { ...stronger, also: claim.owner });
    }
    this.#folders.add(path.slice(0, path.lastIndexOf('/')) || '/');
  }

  get(path: string): Claim | undefined {
    return this.#byPath.get(path);
  }

  /** Whether anything directly in a folder is claimed: most folders need no further questions. */
  hasIn(folder: string): boolean {
    return this.#folders.has(folder);
  }

  entries(): Iterable<[string, Claim]> {
    return this.#byPath;
  }
}

/** `option files."/etc/motd" in machine.nix`: for people. */
export function describeOwner(owner: Owner): string {
  switch (owner.type) {
    case 'option':
      return `${owner.option} in ${owner.definedIn}`;
    case 'generation':
      return 'the generations';
    case 'store':
      return 'the store';
    case 'sysbuild':
      return 'sysbuild';
    case 'package':
      return `package ${owner.name} ${owner.version}`;
    case 'resource':
      return `converge.${owner.name} in ${owner.definedIn}`;
    case 'generator':
      return owner.name;
    case 'rule':
      return `${owner.reason} (${owner.pattern}${owner.declared === undefined ? '' : ` in ${owner.declared.definedIn}`})`;
    case 'unit':
      return owner.name;
    case 'nobody':
      return 'nobody';
  }
}
