/** Trees from Mercurial, by the program `hg`. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../base/find-program.ts';
import { run } from '../../base/process.ts';
import { HostError } from '../../lang/index.ts';
import type { Session } from '../session.ts';
import type { Attributes } from './fetch-cache.ts';

export interface MercurialRequest {
  readonly url: string;
  /** A commit, a branch or a tag; undefined: the default branch. */
  readonly rev: string | undefined;
}

/** Puts the tree of a commit at `target`. */
export async function checkOutMercurial(
  session: Session,
  { url, rev }: MercurialRequest,
  target: string,
  scratch: string,
): Promise<Attributes> {
  const clone = join(scratch, 'clone');
  const hg = async (...words: readonly string[]): Promise<string> => {
    const env = { ...session.env, HGPLAIN: '', HGRCPATH: '' };
    const result = await run(program(session), words, { env });
    if (result.status === 0) return result.stdout;
    throw new HostError('host/fetch', `hg ${words[0]} failed: ${result.stderr.trim()}`, { details: { url } });
  };
  await hg('clone', '--noupdate', '--', url, clone);
  const template = '{node}\\n{rev}\\n{branch}\\n';
  const log = await hg('log', '--repository', clone, '--rev', rev ?? 'default', '--template', template);
  const [node, count, branch] = log.split('\n') as [string, string, string];
  await hg('archive', '--repository', clone, '--rev', node, '--type', 'files', target);
  fs.rmSync(join(target, '.hg_archival.txt'), { force: true });
  return { rev: node, revCount: Number(count), ref: branch };
}

function program({ env }: Session): string {
  const found = findProgram('hg', env['PATH']);
  if (found !== undefined) return found;
  throw new HostError('host/unsupported', "fetching from Mercurial needs the program 'hg', which is not installed", {
    hint: 'Install it (on Debian: apt install mercurial).',
  });
}
