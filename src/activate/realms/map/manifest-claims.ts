/** What the current generation claims: its files and folders, and what sysbuild itself keeps on the machine. Pure. */
import { fromUnicode } from '../../../base/bytes.ts';
import { ancestorsOf, type ManifestFile } from '../../manifest.ts';
import type { DesiredTree } from '../../tree-state.ts';
import type { Claims, Owner } from './claims.ts';

export interface GenerationClaims {
  readonly tree: DesiredTree;
  /** Folders that were made for declared files. */
  readonly madeFolders: Iterable<string>;
  /** A path as the machine finds it, with links of its folder followed. */
  readonly real: (path: string) => string;
}

export function addGenerationClaims(claims: Claims, { tree, madeFolders, real }: GenerationClaims): void {
  for (const { path, realm, declared } of tree.values()) {
    claims.add(real(fromUnicode(path)), { realm, owner: { type: 'option', ...declared } });
  }
  for (const path of madeFolders)
    claims.add(real(fromUnicode(path)), { realm: 'congruent', owner: { type: 'generation' } });
}

/** Folders whose whole content the generation brings: a declared file of them was a folder of the store. */
export function ownedFolders(tree: DesiredTree, files: readonly ManifestFile[]): string[] {
  const bare = new Set(files.filter((file) => file.kind === 'directory').map((file) => file.path));
  return [...tree.values()]
    .filter(({ path, state }) => state.kind === 'directory' && !bare.has(path))
    .map(({ path }) => path);
}

/** Ours, and the folders that they are in. */
const ours: readonly (readonly [path: string, owner: Owner])[] = [
  ['/nix', { type: 'store' }],
  ['/nix/store', { type: 'store' }],
  ['/nix/var', { type: 'store' }],
  ['/nix/var/nix', { type: 'store' }],
  ['/var/lib/sysbuild', { type: 'sysbuild' }],
];

/** Folders that are ours with all that is in them. */
export const ourFolders: readonly (readonly [folder: string, owner: Owner])[] = [
  ['/nix/store', { type: 'store' }],
  ['/nix/var/nix/profiles', { type: 'generation' }],
  ['/nix/var', { type: 'store' }],
  ['/var/lib/sysbuild', { type: 'sysbuild' }],
];

/** Folders above declared files that nothing else claims. */
export function addOwnClaims(claims: Claims, declaredPaths: Iterable<string>): void {
  for (const [path, owner] of ours) claims.add(path, { realm: 'congruent', owner });
  const above = new Set([...declaredPaths].flatMap((path) => ancestorsOf(path)));
  for (const path of above) {
    if (claims.get(path) === undefined) claims.add(path, { realm: 'congruent', owner: { type: 'generation' } });
  }
}
