/**
 * Fetches one file: tries its candidates in order, each a few times where the failure may pass, into a temporary
 * file whose content is hashed while it arrives. Content with another hash than expected counts as a failure of that
 * candidate. The file is there only when one of them gave the right bytes.
 */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { errnoOf } from '../../base/errors.ts';
import { plural } from '../../base/text.ts';
import { createHasher, formatHash, type Hash } from '../../formats/index.ts';
import { BuildError } from '../errors.ts';
import { type Candidate, mirrorSetting } from './candidates.ts';
import { FetchFailure } from './failure.ts';
import { type HttpAnswer, httpGet } from './http.ts';

export interface DownloadRequest {
  readonly candidates: readonly Candidate[];
  /** Where the file is put; nothing may be there yet. */
  readonly target: string;
  readonly expected: Hash | undefined;
  readonly patience: number;
  readonly retries: number;
  readonly delay: number;
  readonly signal: AbortSignal;
  /** What to do when a mirror no longer has the file; one sentence. */
  readonly pinHint: string | undefined;
  readonly onProgress: (done: number, total: number) => void;
  readonly log: (line: string) => void;
}

interface Attempt {
  readonly candidate: Candidate;
  readonly failure: FetchFailure;
  /** The hash that was found instead of the expected one. */
  readonly got: Hash | undefined;
}

/** @throws BuildError `build/fetch-failed`, `build/hash-mismatch`; what `signal` was aborted with */
export async function download(request: DownloadRequest): Promise<void> {
  const attempts: Attempt[] = [];
  for (const candidate of request.candidates) {
    const attempt = await tryCandidate(candidate, request);
    if (attempt === undefined) return;
    request.log(`${candidate.url}: ${attempt.failure.message}`);
    attempts.push(attempt);
  }
  throw attempts.some((attempt) => attempt.got !== undefined) ? mismatch(request, attempts) : failed(request, attempts);
}

async function tryCandidate(candidate: Candidate, request: DownloadRequest): Promise<Attempt | undefined> {
  for (let round = 0; ; round++) {
    request.log(`fetching ${candidate.url}`);
    try {
      const got = await fetchInto(candidate.url, request);
      if (request.expected === undefined || sameHash(request.expected, got)) return undefined;
      fs.rmSync(request.target);
      const reason = `has the hash ${formatHash(got, 'sri')}`;
      return { candidate, failure: new FetchFailure(reason, { passing: false }), got };
    } catch (error) {
      fs.rmSync(request.target, { force: true });
      if (!(error instanceof FetchFailure)) throw error;
      if (!error.passing || round >= request.retries) return { candidate, failure: error, got: undefined };
      request.log(`${candidate.url}: ${error.message}; trying again`);
      await sleep(request.delay * 2 ** round, undefined, { signal: request.signal });
    }
  }
}

async function fetchInto(url: string, request: DownloadRequest): Promise<Hash> {
  const { body, size } = url.startsWith('file:') ? openFile(url) : await httpGet({ ...request, url });
  const hasher = createHasher(request.expected?.algorithm ?? 'sha256');
  const fd = fs.openSync(request.target, 'wx', 0o644);
  let done = 0;
  try {
    for await (const chunk of body) {
      for (let written = 0; written < chunk.length; ) written += fs.writeSync(fd, chunk, written);
      hasher.update(chunk);
      done += chunk.length;
      request.onProgress(done, size ?? 0);
      request.signal.throwIfAborted();
    }
  } finally {
    fs.closeSync(fd);
  }
  if (size !== undefined && done !== size) {
    throw new FetchFailure(`the answer has ${done} of ${size} bytes`, { passing: true });
  }
  return hasher.digest();
}

function openFile(url: string): HttpAnswer {
  try {
    const path = fileURLToPath(url);
    const state = fs.statSync(path);
    if (!state.isFile()) throw new FetchFailure('not a regular file', { passing: false });
    return { body: fs.createReadStream(path), size: state.size };
  } catch (error) {
    if (error instanceof FetchFailure) throw error;
    const missing = errnoOf(error) === 'ENOENT';
    const reason = missing ? 'no such file' : error instanceof Error ? error.message : String(error);
    throw new FetchFailure(reason, { passing: false, notFound: missing });
  }
}

function sameHash(a: Hash, b: Hash): boolean {
  return formatHash(a, 'sri') === formatHash(b, 'sri');
}

function mismatch({ expected }: DownloadRequest, attempts: readonly Attempt[]): BuildError {
  const specified = formatHash(expected!, 'sri');
  const found = attempts.find((attempt) => attempt.got !== undefined)!;
  const got = formatHash(found.got!, 'sri');
  const others = attempts.length === 1 ? '' : `\n      tried:${listOf(attempts)}`;
  return new BuildError(
    'build/hash-mismatch',
    `hash mismatch in what was fetched:\n  specified: ${specified}\n        got: ${got}\n       from: ${found.candidate.url}${others}`,
    {
      hint: 'If the new content is what you want, put the hash that was found into the expression; if not, do not trust its source.',
      details: { specified, got, url: found.candidate.url, tried: plainList(attempts) },
    },
  );
}

function failed(request: DownloadRequest, attempts: readonly Attempt[]): BuildError {
  const settings = new Set(
    attempts.flatMap(({ candidate }) => (candidate.mirror === undefined ? [] : [candidate.mirror])),
  );
  const names = [...settings].map((name) => `'${mirrorSetting(name)}'`).join(', ');
  const setting = names === '' ? '' : ` (the mirrors are those of the setting ${names})`;
  return new BuildError(
    'build/fetch-failed',
    `nothing could be fetched from ${plural(attempts.length, 'URL')}${setting}:${listOf(attempts)}`,
    {
      hint: hintOf(request, attempts),
      details: { tried: plainList(attempts), settings: [...settings].map(mirrorSetting) },
    },
  );
}

function hintOf({ pinHint }: DownloadRequest, attempts: readonly Attempt[]): string {
  const dropped = attempts.some(({ candidate, failure }) => candidate.mirror !== undefined && failure.notFound);
  if (!dropped) return 'Check the network, or build where the file can be reached.';
  const renew = pinHint ?? 'Renew the pin: sysbuild pin debian NAME…';
  return `A mirror no longer has this version: it may have been dropped after a newer one came. ${renew}`;
}

function listOf(attempts: readonly Attempt[]): string {
  return attempts.map(({ candidate, failure }) => `\n  ${candidate.url}: ${failure.message}`).join('');
}

function plainList(attempts: readonly Attempt[]): { url: string; reason: string }[] {
  return attempts.map(({ candidate, failure }) => ({ url: candidate.url, reason: failure.message }));
}
