/**
 * `builtin:fetchurl`: one file from the first of its URLs that has the right content. Attributes: `url` or `urls`
 * (each may be `mirror://NAME/…`), `executable`, `unpack` (the file is an archive of the output, perhaps with
 * `.xz`), and `pinHint`, the sentence that tells how to renew a pinned version.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { toUnicode } from '../../base/bytes.ts';
import type { DerivationOutput, Hash } from '../../formats/index.ts';
import { restoreNar } from '../../store/index.ts';
import { decompressed } from '../archive/decompress.ts';
import { candidatesOf } from '../fetch/candidates.ts';
import { download } from '../fetch/download.ts';
import { attribute, type BuiltinJob, invalid, words } from './job.ts';

export async function fetchurl(job: BuiltinJob): Promise<void> {
  const output = job.derivation.outputs.get('out');
  if (output?.kind !== 'fixed') throw invalid(job, 'must have a fixed output: say its hash beforehand');
  const urls = words(job, 'urls').length > 0 ? words(job, 'urls') : words(job, 'url');
  if (urls.length === 0) throw invalid(job, "needs the attribute 'url' or 'urls'");
  const unpack = attribute(job, 'unpack') === '1';
  const target = unpack ? join(job.folder, 'archive') : job.outputPlace('out');
  const pinHint = attribute(job, 'pinHint');
  await download({
    candidates: candidatesOf(urls.map(toUnicode), job.settings.mirrors),
    target,
    expected: unpack ? undefined : flatHash(output),
    ...job.settings.fetch,
    signal: job.signal,
    pinHint: pinHint === undefined ? undefined : toUnicode(pinHint),
    onProgress: (done, total) => job.activity.progress(done, total, 'bytes'),
    log: job.log,
  });
  if (unpack) await unpackArchive(target, urls[0]!, job.outputPlace('out'));
  if (attribute(job, 'executable') === '1') fs.chmodSync(job.outputPlace('out'), 0o755);
}

/** The hash of the file itself, where the output's hash is that; that of an archive is checked afterwards. */
function flatHash(output: Extract<DerivationOutput, { kind: 'fixed' }>): Hash | undefined {
  return output.method === 'flat' ? output.hash : undefined;
}

async function unpackArchive(file: string, url: string, target: string): Promise<void> {
  await restoreNar(decompressed(fs.createReadStream(file), url.endsWith('.xz') ? 'xz' : 'none'), target);
  fs.rmSync(file);
}
