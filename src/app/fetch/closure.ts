/** Closures of store paths from binary caches, for evaluation. */
import type { StorePath } from '../../formats/index.ts';
import { HostError } from '../../lang/index.ts';
import { copyFromCaches } from '../../store/index.ts';
import { openSubstituters } from '../caches.ts';
import type { Session } from '../session.ts';

export interface ClosureRequest {
  readonly fromStore: string;
  readonly fromPath: StorePath;
  /** What the path would be by its content; empty to be told. */
  readonly toPath: StorePath | '' | undefined;
  /** Whether a path is wanted that is not known by its content. */
  readonly inputAddressed: boolean;
}

/** Copies the path and all that it refers to into the store of the session. */
export async function fetchClosure(session: Session, request: ClosureRequest): Promise<StorePath> {
  const { fromStore, fromPath, toPath, inputAddressed } = request;
  const store = await session.store();
  if (toPath !== undefined && toPath !== '' && store.isValid(toPath)) return toPath;
  if (toPath !== undefined) {
    throw new HostError('host/unsupported', `'${fromPath}' would have to be rewritten to be known by its content`, {
      hint: 'sysbuild fetches paths as they are: leave out toPath.',
    });
  }
  if (!store.isValid(fromPath)) {
    const opened = openSubstituters(session, store.storeDir, [fromStore]);
    try {
      await copyFromCaches(opened.substituters, store, [fromPath], { sink: session.sink, signal: session.signal });
    } finally {
      opened.close();
    }
  }
  const isContentAddressed = store.requireInfo(fromPath).contentAddress !== undefined;
  if (isContentAddressed === inputAddressed) throw wrongKind(fromPath, inputAddressed);
  return fromPath;
}

function wrongKind(path: StorePath, inputAddressed: boolean): HostError {
  const message = inputAddressed
    ? `The store object referred to by 'fromPath' at '${path}' is not input-addressed, but 'inputAddressed' is set to 'true'.`
    : `The 'fromPath' value '${path}' is input-addressed, but 'inputAddressed' is set to 'false' (default).`;
  const hint = inputAddressed ? "Remove the attribute 'inputAddressed'." : 'Add inputAddressed = true.';
  return new HostError('host/store', message, { hint, details: { path } });
}
