/** The map of a machine on a terminal: the shares of the realms, a bar for each large folder, and what is beside paths. */
import type { MachineMap } from '../../app/index.ts';
import { formatBytes, formatDuration, plural } from '../../base/text.ts';
import { renderTable } from './table.ts';
import type { Theme } from './theme.ts';

const realms = ['congruent', 'convergent', 'divergent', 'unknown'] as const;
type Realm = (typeof realms)[number];
type Folder = MachineMap['tree'];

/** A letter for each realm, for those who see no colours. */
const letters: Readonly<Record<Realm, string>> = { congruent: '█', convergent: '▓', divergent: '▒', unknown: '░' };

export function renderMap(map: MachineMap, theme: Theme, width: number): string {
  const { tree, root, generation, counts, milliseconds, left, outOfScope, overrides } = map;
  const name = generation === undefined ? 'no generation' : `generation ${generation}`;
  const lines = [
    `${theme.strong(root)}, ${name}: ${plural(counts.paths, 'path')}, ${formatBytes(tree.bytes)}, in ${formatDuration(milliseconds)}`,
    '',
    renderTable(
      [
        { title: 'realm' },
        { title: 'paths', right: true },
        { title: '', right: true },
        { title: 'bytes', right: true },
        { title: '', right: true },
      ],
      realms.map((realm) => shareRow(realm, tree)),
    ).trimEnd(),
    '',
    ...folderBars(tree, theme, Math.max(20, Math.min(width, 120) - 40)),
    ...thingLines(map),
    ...left.map(({ place, why }) => theme.dim(`left out: ${place}, ${why}`)),
    ...(outOfScope.length === 0 ? [] : [theme.dim(`out of scope: ${plural(outOfScope.length, 'path')}`)]),
    ...overrides.map(({ id, target, until, by, reason }) =>
      theme.warning(`override ${id}: ${target.name} until ${until}, by ${by}: ${reason}`),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function shareRow(realm: Realm, { shares, bytes, paths }: Folder): string[] {
  const share = shares[realm];
  return [
    `${letters[realm]} ${realm}`,
    String(share.paths),
    percent(share.paths, paths),
    formatBytes(share.bytes),
    percent(share.bytes, bytes),
  ];
}

/** The largest folders, each with a bar of its realms; a folder that is nearly all of another stands for it. */
function folderBars(tree: Folder, theme: Theme, width: number): string[] {
  const folders = tree.folders.flatMap((folder) =>
    folder.bytes > tree.bytes / 3 ? [folder, ...folder.folders] : [folder],
  );
  const shown = folders
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 16)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const longest = Math.max(0, ...shown.map(({ path }) => path.length));
  return [
    ...shown.map(
      (folder) =>
        `${folder.path.padEnd(longest)}  ${formatBytes(folder.bytes).padStart(10)}  ${bar(folder, tree.bytes, width, theme)}`,
    ),
    '',
  ];
}

function bar({ shares, bytes }: Folder, whole: number, width: number, theme: Theme): string {
  const length = Math.max(1, Math.round((bytes / whole) * width));
  const paint: Readonly<Record<Realm, (text: string) => string>> = {
    congruent: theme.good,
    convergent: theme.place,
    divergent: theme.warning,
    unknown: theme.error,
  };
  return realms
    .map((realm) => paint[realm](letters[realm].repeat(Math.round((shares[realm].bytes / bytes) * length))))
    .join('');
}

function thingLines({ things }: MachineMap): string[] {
  const byType = Map.groupBy(things, ({ type }) => type);
  return [...byType].map(([type, found]) => {
    const parts = realms.map((realm) => [found.filter((thing) => thing.realm === realm).length, realm] as const);
    return `${plural(found.length, type, `${type === 'process' ? 'processe' : type}s`)}: ${parts
      .filter(([count]) => count > 0)
      .map(([count, realm]) => `${count} ${realm}`)
      .join(', ')}`;
  });
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0%' : `${((part / whole) * 100).toFixed(1)}%`;
}
