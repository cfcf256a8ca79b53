/**
 * A picture of the machine: a rectangle for each folder, as large as its bytes, in the colour of its realms. Laid out by
 * the squarified method (Bruls, Huizing, van Wijk 2000): rows of rectangles along the shorter side, each row as long as
 * its rectangles stay near to squares. Pure.
 */
import { formatBytes } from '../../../base/text.ts';
import { type MapRealm, mapRealms } from './claims.ts';
import type { FolderShares } from './tally.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Rectangles for weights (greatest first, none zero) that fill an area. */
export function squarify(weights: readonly number[], area: Rectangle): Rectangle[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = total === 0 ? 0 : (area.width * area.height) / total;
  const found: Rectangle[] = [];
  let left = area;
  let at = 0;
  while (at < weights.length) {
    const side = Math.min(left.width, left.height);
    let count = 1;
    while (
      at + count < weights.length &&
      worst(weights, at, count + 1, scale, side) <= worst(weights, at, count, scale, side)
    )
      count += 1;
    const row = weights.slice(at, at + count).map((weight) => weight * scale);
    const sum = row.reduce((all, size) => all + size, 0);
    const depth = side === 0 ? 0 : sum / side;
    const across = left.width >= left.height;
    let offset = 0;
    for (const size of row) {
      const length = depth === 0 ? 0 : size / depth;
      found.push(
        across
          ? { x: left.x, y: left.y + offset, width: depth, height: length }
          : { x: left.x + offset, y: left.y, width: length, height: depth },
      );
      offset += length;
    }
    left = across
      ? { ...left, x: left.x + depth, width: Math.max(0, left.width - depth) }
      : { ...left, y: left.y + depth, height: Math.max(0, left.height - depth) };
    at += count;
  }
  return found;
}

/** The worst proportion in a row of so many weights. */
function worst(weights: readonly number[], at: number, count: number, scale: number, side: number): number {
  let sum = 0;
  for (let i = at; i < at + count; i++) sum += weights[i]! * scale;
  const greatest = weights[at]! * scale;
  const least = weights[at + count - 1]! * scale;
  const square = side * side;
  return Math.max((square * greatest) / (sum * sum), (sum * sum) / (square * least));
}

const colors: Readonly<Record<MapRealm, string>> = {
  congruent: '#2f7d4f',
  convergent: '#3b6fb5',
  divergent: '#c98a1b',
  unknown: '#b8423e',
};

/** Folders smaller than this, in pixels on a side, are not drawn. */
const smallest = 3;

/** The picture as SVG. */
export function treemapSvg(tree: FolderShares, width = 1200, height = 800): string {
  const legend = 40;
  const body = drawFolder(tree, { x: 0, y: legend, width, height: height - legend }, 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...drawLegend(tree),
    ...body,
    '</svg>\n',
  ].join('\n');
}

function drawLegend(tree: FolderShares): string[] {
  return mapRealms.flatMap((realm, index) => {
    const x = 10 + index * 280;
    const { bytes, paths } = tree.shares[realm];
    const text = `${realm}: ${formatBytes(bytes)} (${percent(bytes, tree.bytes)}), ${paths} paths`;
    return [
      `<rect x="${x}" y="12" width="16" height="16" fill="${colors[realm]}"/>`,
      `<text x="${x + 22}" y="25">${escape(text)}</text>`,
    ];
  });
}

function drawFolder(folder: FolderShares, area: Rectangle, depth: number): string[] {
  const parts = partsOf(folder);
  const places = squarify(
    parts.map(({ bytes }) => bytes),
    area,
  );
  return parts.flatMap((part, index) => {
    const place = places[index]!;
    if (place.width < smallest || place.height < smallest) return [];
    const own = part.folder === undefined ? [part.title] : [part.folder.path];
    const title = `<title>${escape(`${own[0]}\n${part.realm}, ${formatBytes(part.bytes)}`)}</title>`;
    const [x, y, width, height] = [place.x, place.y, place.width, place.height].map((value) => value.toFixed(1));
    const box = `<g>${title}<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colors[part.realm]}" stroke="#fff" stroke-width="${depth === 0 ? 2 : 0.5}"/></g>`;
    const inner = part.folder === undefined ? [] : drawFolder(part.folder, inset(place, depth), depth + 1);
    const label =
      part.folder !== undefined && depth < 2 && place.width > 60 && place.height > 18
        ? [drawLabel(part.folder, place)]
        : [];
    return [box, ...inner, ...label];
  });
}

function drawLabel({ path }: FolderShares, { x, y, width }: Rectangle): string {
  const text = path.slice(0, Math.floor(width / 7));
  return `<text x="${(x + 4).toFixed(1)}" y="${(y + 13).toFixed(1)}" fill="#fff" pointer-events="none">${escape(text)}</text>`;
}

function inset({ x, y, width, height }: Rectangle, depth: number): Rectangle {
  const top = depth < 2 && width > 60 && height > 30 ? 17 : 1;
  return { x: x + 1, y: y + top, width: Math.max(0, width - 2), height: Math.max(0, height - top - 1) };
}

interface Part {
  readonly bytes: number;
  readonly realm: MapRealm;
  /** Undefined: files directly in the folder, of one realm. */
  readonly folder: FolderShares | undefined;
  readonly title: string;
}

/** Folders and, by realm, the files beside them; the greatest first. */
function partsOf(folder: FolderShares): Part[] {
  const inner = folder.folders.map(
    (one): Part => ({ bytes: one.bytes, realm: mainRealm(one), folder: one, title: one.path }),
  );
  const own = mapRealms.map((realm): Part => {
    const below = folder.folders.reduce((sum, one) => sum + one.shares[realm].bytes, 0);
    return { bytes: folder.shares[realm].bytes - below, realm, folder: undefined, title: `files in ${folder.path}` };
  });
  return [...inner, ...own].filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
}

export function mainRealm({ shares }: FolderShares): MapRealm {
  return mapRealms.reduce((first, realm) => (shares[realm].bytes > shares[first].bytes ? realm : first));
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '0%' : `${((part / whole) * 100).toFixed(1)}%`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
