/** `nix-cache-info`: what a cache says of itself. Lines `Key: value`; unknown keys are skipped. */

export interface CacheInfo {
  /** The folder that stands in its store paths; undefined when it does not say. */
  readonly storeDir: string | undefined;
  /** Whether it likes to be asked for many paths at once. */
  readonly wantMassQuery: boolean | undefined;
  /** Lower is asked first; undefined when it does not say. */
  readonly priority: number | undefined;
}

export const cacheInfoName = 'nix-cache-info';
/** That of a cache that does not name one. */
export const usualPriority = 50;

export function parseCacheInfo(text: string): CacheInfo {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  const priority = fields.get('Priority');
  const mass = fields.get('WantMassQuery');
  return {
    storeDir: fields.get('StoreDir'),
    wantMassQuery: mass === undefined ? undefined : mass === '1',
    priority: priority !== undefined && /^-?\d{1,9}$/.test(priority) ? Number(priority) : undefined,
  };
}

export function printCacheInfo(info: { storeDir: string; wantMassQuery: boolean; priority: number }): string {
  return `StoreDir: ${info.storeDir}\nWantMassQuery: ${info.wantMassQuery ? 1 : 0}\nPriority: ${info.priority}\n`;
}
