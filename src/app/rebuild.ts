/** Building a path again that is damaged, where its bytes can be had from nowhere else. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { isDerivationPath, type StorePath } from '../formats/index.ts';
import { copyClosure, type LocalStore, openLocalStore, type RepairWay, removeTree } from '../store/index.ts';
import { realiseWanted } from './realise.ts';
import type { Session } from './session.ts';

/**
 * Builds in a store of its own, which gets what the derivation needs: in the real one the damaged path is in the way,
 * and stays valid for those who have it open.
 */
export function byRebuilding(session: Session, store: LocalStore): RepairWay {
  return {
    name: 'building it again',
    async archive({ path, deriver }) {
      const origin = originOf(store, path, deriver);
      return origin === undefined ? undefined : rebuilt(session, store, path, origin);
    },
  };
}

interface Origin {
  readonly drvPath: StorePath;
  readonly outputName: string;
}

/** The valid derivation that makes a path, and as which output. */
function originOf(store: LocalStore, path: StorePath, deriver: StorePath | undefined): Origin | undefined {
  const candidates = new Set([...store.derivers(path), ...(deriver === undefined ? [] : [deriver])]);
  for (const drvPath of candidates) {
    if (!isDerivationPath(drvPath) || !store.isValid(drvPath)) continue;
    const outputName = [...store.outputs(drvPath)].find(([, output]) => output === path)?.[0];
    if (outputName !== undefined) return { drvPath, outputName };
  }
  return undefined;
}

async function* rebuilt(
  session: Session,
  store: LocalStore,
  path: StorePath,
  { drvPath, outputName }: Origin,
): AsyncGenerator<Uint8Array> {
  removeLeftovers(store.stateDir);
  const physicalRoot = fs.mkdtempSync(join(store.stateDir, `repair-${process.pid}-`));
  const scratch = openLocalStore({ physicalRoot, storeDir: store.storeDir, sink: session.sink });
  try {
    await copyClosure(store, scratch, neededBy(store, drvPath), session.sink, session.signal);
    const { outputs, failures } = await realiseWanted(session, scratch, [{ drvPath, outputs: [outputName] }]);
    if (failures.length > 0) throw failures[0]!.error;
    // Another result, of a build that is not deterministic, is refused when it is compared.
    yield* scratch.dumpNar(outputs.get(drvPath)?.get(outputName) ?? path);
  } finally {
    scratch.close();
    removeTree(physicalRoot);
  }
}

/** What processes left that were killed. */
function removeLeftovers(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = /^repair-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !fs.existsSync(`/proc/${pid}`)) removeTree(join(folder, name));
  }
}

/** The derivation, and of what it needs what is there. */
function neededBy(store: LocalStore, drvPath: StorePath): StorePath[] {
  const inputs = [...store.readDerivation(drvPath).inputDrvs].flatMap(([input, names]) => {
    const outputs = store.outputs(input);
    return names.flatMap((name) => outputs.get(name) ?? []);
  });
  return [drvPath, ...inputs.filter((path) => store.isValid(path))];
}
