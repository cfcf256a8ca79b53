/** The records of which derivation output became which path. */
import type { StorePath } from '../../formats/index.ts';
import { notValid, StoreError } from '../errors.ts';
import type { Realisation } from '../store.ts';
import type { Queries } from './queries.ts';

/** To be called in a transaction. A record says one thing as long as its path is valid. */
export function registerRealisations(queries: Queries, realisations: readonly Realisation[]): void {
  for (const { drvPath, outputName, outPath } of realisations) {
    const known = queries.realisation(drvPath, outputName)?.outPath;
    if (known === outPath) continue;
    if (known !== undefined) throw conflict({ drvPath, outputName, outPath }, known);
    const id = queries.idOf(outPath);
    if (id === undefined) throw notValid(outPath);
    queries.setRealisation(drvPath, outputName, id);
  }
}

function conflict(realisation: Realisation, known: StorePath): StoreError {
  const { drvPath, outputName, outPath } = realisation;
  return new StoreError(
    'store/realisation-conflict',
    `output '${outputName}' of '${drvPath}' is '${known}' already, not '${outPath}'`,
    {
      hint: 'the build is not deterministic: two runs of it gave two results',
      details: { drvPath, outputName, known, found: outPath },
    },
  );
}
