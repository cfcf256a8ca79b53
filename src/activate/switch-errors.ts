/** How a switch that did not go through is told. */
import { ActivateError } from './errors.ts';
import type { JournalHead } from './journal.ts';
import { messageOf } from './permission.ts';

export function changedMeanwhile(path: string): ActivateError {
  return new ActivateError(
    'activate/changed-meanwhile',
    `'${path}' was changed after the plan was made; nothing was done`,
    {
      details: { path },
      hint: 'switch again',
    },
  );
}

export function reverted(cause: unknown, message: string): ActivateError {
  const aborted = cause instanceof Error && cause.name === 'AbortError';
  const words = aborted
    ? 'the switch was given up, and everything is as it was'
    : `the switch failed and was undone: ${message}`;
  return new ActivateError('activate/reverted', words, {
    cause,
    ...(cause instanceof ActivateError ? { details: { ...cause.details, why: cause.code }, hint: cause.hint } : {}),
  });
}

export function revertFailed(cause: unknown, error: unknown): ActivateError {
  return new ActivateError(
    'activate/revert-failed',
    `the switch failed (${messageOf(cause)}) and could not be undone: ${messageOf(error)}`,
    { cause: error, hint: 'remedy it and run the switch again: it begins with undoing what is left' },
  );
}

export function notFinished(head: JournalHead, cause: unknown): ActivateError {
  const { generation } = head.to;
  return new ActivateError(
    'activate/not-finished',
    `generation ${generation} is current, but the switch could not be finished: ${messageOf(cause)}`,
    { cause, details: { generation }, hint: 'remedy it and switch again: the next switch begins with what is left' },
  );
}
