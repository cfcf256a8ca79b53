/** Whether what a result names is still in the store. */
import type { StorePath } from '../../formats/index.ts';
import type { Session } from '../session.ts';

/** A store that keeps nothing has all that it ever had. */
export async function areValid(session: Session, paths: readonly StorePath[]): Promise<boolean> {
  if (paths.length === 0 || session.location.kind === 'dummy') return true;
  const store = await session.store();
  return paths.every((path) => store.isValid(path));
}
