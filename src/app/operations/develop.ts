/** A shell where a derivation would be built. */
import { resolve } from 'node:path';
import { isStorePath, type StorePath } from '../../formats/index.ts';
import { AppError } from '../errors.ts';
import { type Session, type SessionOptions, withSession } from '../session.ts';
import type { Subject } from '../subject.ts';
import { wantedDerivations } from './build.ts';

export interface DevelopOperation {
  /** A derivation, or the folder of a failed build that was kept. */
  readonly subject: Subject;
  /** A line for the shell; undefined: it asks for lines. */
  readonly command: string | undefined;
}

/** Returns the status of the shell. */
export function develop(options: SessionOptions, { subject, command }: DevelopOperation): Promise<number> {
  return withSession(options, async (session) => {
    const { develop: enter } = await import('../../build/index.ts');
    const { buildOptions, withCaches } = await import('../realise.ts');
    const { drvPath, kept } = await placeOf(session, subject);
    const store = await session.store();
    return withCaches(session, store.storeDir, async (substituters) =>
      enter(store, { drvPath, kept, command }, { ...(await buildOptions(session, store)), substituters }, session.sink),
    );
  });
}

async function placeOf(session: Session, subject: Subject): Promise<{ drvPath: StorePath; kept: string | undefined }> {
  const [source] = subject.sources;
  if (subject.sources.length === 1 && source?.kind === 'file') {
    const { derivationOfKept } = await import('../../build/index.ts');
    const kept = resolve(session.cwd, source.path);
    const drvPath = derivationOfKept(kept);
    if (drvPath !== undefined && isStorePath(session.location.storeDir, drvPath)) return { drvPath, kept };
  }
  const found = new Set((await wantedDerivations(session, subject)).map(({ drvPath }) => drvPath));
  const [drvPath] = found;
  if (drvPath !== undefined && found.size === 1) return { drvPath, kept: undefined };
  throw new AppError('app/usage', `this names ${found.size} derivations; a shell is for one`, {
    hint: 'Name one with -A.',
  });
}
