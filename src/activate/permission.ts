/** File-system errors that a switch meets, as errors of this room. */
import { errnoOf } from '../base/errors.ts';
import { ActivateError } from './errors.ts';

/** The room's error for an errno, or the error itself when it says something else. */
export function permissionError(error: unknown, root: string): unknown {
  switch (errnoOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ActivateError('activate/permission', `'${root}' may not be changed: ${messageOf(error)}`, {
        details: { root },
        hint: 'choose another root with --root, or run as its owner',
        cause: error,
      });
    case 'ENOSPC':
    case 'EDQUOT':
      return new ActivateError('activate/no-space', `there is no space left for '${root}': ${messageOf(error)}`, {
        details: { root },
        hint: 'free some space and switch again; nothing was changed',
        cause: error,
      });
    default:
      return error;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
