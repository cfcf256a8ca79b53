/** Records of realisations, asked for by what they lead to. */
import type { StorePath } from '../../formats/index.ts';
import type { Realisation } from '../store.ts';
import type { Parts } from './parts.ts';

/** The records whose outputs are among these paths, in a fixed order. */
export function recordsOf(parts: Parts, paths: Iterable<StorePath>): Realisation[] {
  const sql = `select drvPath, outputName, path from SysbuildRealisations join ValidPaths on id = outPath
    where path in (select value from json_each(?)) order by drvPath, outputName`;
  const rows = parts.database.prepare(sql).all(JSON.stringify([...paths]));
  return (rows as unknown as [StorePath, string, StorePath][]).map(([drvPath, outputName, outPath]) => ({
    drvPath,
    outputName,
    outPath,
  }));
}
