/** Why one URL gave nothing, in words, and whether it is worth another try. Never leaves this folder. */
import { errnoOf } from '../../base/errors.ts';
import { formatDuration } from '../../base/text.ts';

export class FetchFailure extends Error {
  /** Whether the same may work a moment later. */
  readonly passing: boolean;
  /** The server knows no such file. */
  readonly notFound: boolean;

  constructor(reason: string, kind: { readonly passing: boolean; readonly notFound?: boolean }) {
    super(reason);
    this.passing = kind.passing;
    this.notFound = kind.notFound ?? false;
  }

  static ofStatus(status: number, message: string): FetchFailure {
    const passing = status === 408 || status === 429 || status >= 500;
    return new FetchFailure(`${status} ${message}`.trim(), { passing, notFound: status === 404 || status === 410 });
  }

  static silent(url: URL, patience: number): FetchFailure {
    return new FetchFailure(`no answer from ${url.host} within ${formatDuration(patience)}`, { passing: true });
  }

  static ofError(url: URL, error: unknown): FetchFailure {
    if (error instanceof FetchFailure) return error;
    const errno = errnoOf(error) ?? '';
    const words = wordsOf[errno];
    if (words !== undefined) return new FetchFailure(words(url), { passing: true });
    const message = error instanceof Error ? error.message : String(error);
    return new FetchFailure(message === '' ? errno : message, { passing: !isCertificateProblem(errno) });
  }
}

const wordsOf: Readonly<Record<string, (url: URL) => string>> = {
  ENOTFOUND: (url) => `the host ${url.hostname} cannot be found (is there a network?)`,
  EAI_AGAIN: (url) => `the host ${url.hostname} cannot be looked up (is there a network?)`,
  ECONNREFUSED: (url) => `${url.host} refuses connections`,
  ECONNRESET: (url) => `${url.host} closed the connection too early`,
  EPIPE: (url) => `${url.host} closed the connection too early`,
  ETIMEDOUT: (url) => `${url.host} does not answer`,
  ENETUNREACH: (url) => `${url.host} cannot be reached (is there a network?)`,
  EHOSTUNREACH: (url) => `${url.host} cannot be reached`,
};

function isCertificateProblem(code: string): boolean {
  return code.includes('CERT') || code.startsWith('ERR_TLS') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
}
