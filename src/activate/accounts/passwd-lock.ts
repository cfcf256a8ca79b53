/**
 * The lock that everything that changes `/etc/passwd` and its like takes: lckpwdf(3), a record lock on `/etc/.pwd.lock`.
 * It is of the real root alone; nobody else works in a folder that only stands for one.
 */
import { systemCalls } from '../../base/system-calls.ts';
import { ActivateError } from '../errors.ts';

/**
 * Waits up to 15 seconds, as the C library does.
 * @throws ActivateError `activate/locked`
 */
export async function withPasswdLock(root: string, work: () => void): Promise<void> {
  const calls = root === '' ? systemCalls() : undefined;
  if (calls !== undefined && calls.lockAccounts() !== 0) {
    throw new ActivateError('activate/locked', 'another program is changing the accounts of the machine', {
      details: { path: '/etc/.pwd.lock' },
      hint: 'wait for it, and switch again',
    });
  }
  try {
    work();
  } finally {
    calls?.unlockAccounts();
  }
}
