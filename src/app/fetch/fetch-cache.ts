/**
 * What evaluations have downloaded, kept between runs: a folder for each thing, holding its content and a record. A
 * folder appears by one rename, complete.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../base/folders.ts';
import { temporaryName } from '../../base/fs-atomic.ts';
import { hashBytes } from '../../formats/index.ts';
import type { Session } from '../session.ts';

/** Plain data that is told of a fetched thing besides its path. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface CacheRecord {
  readonly key: unknown;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** SHA-256 of the content, or of its archive when it is a tree; `sha256-…`. */
  readonly hash: string;
  readonly attributes: Attributes;
}

export interface Cached extends CacheRecord {
  /** The file or tree. */
  readonly content: string;
}

/** How long something without a hash is believed to be still the same on the server. */
const freshFor = 3600 * 1000;

export function cacheFolder({ env }: Session, part: string): string {
  return join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? '/tmp', '.cache'), 'sysbuild', part);
}

export class FetchCache {
  readonly #folder: string;

  constructor(session: Session) {
    this.#folder = cacheFolder(session, 'fetch');
  }

  /** @param immutable age does not matter: the content is known by a hash */
  find(key: unknown, immutable: boolean): Cached | undefined {
    const place = this.#place(key);
    try {
      const record = JSON.parse(fs.readFileSync(join(place, 'record.json'), 'utf8')) as CacheRecord;
      if (!immutable && Date.now() - record.time > freshFor) return undefined;
      return { ...record, content: join(place, 'content') };
    } catch {
      return undefined; // not there, or not readable: it is fetched again
    }
  }

  /** Makes an entry; `fill` puts the content at the path that it is given. */
  async add(
    key: unknown,
    fill: (content: string, scratch: string) => Promise<{ readonly hash: string; readonly attributes: Attributes }>,
  ): Promise<Cached> {
    makeFolders(this.#folder);
    const temporary = temporaryName(this.#folder);
    try {
      const scratch = join(temporary, 'scratch');
      makeFolders(scratch);
      const { hash, attributes } = await fill(join(temporary, 'content'), scratch);
      fs.rmSync(scratch, { recursive: true, force: true });
      const record: CacheRecord = { key, time: Date.now(), hash, attributes };
      fs.writeFileSync(join(temporary, 'record.json'), JSON.stringify(record));
      const place = this.#place(key);
      fs.rmSync(place, { recursive: true, force: true });
      fs.renameSync(temporary, place);
      return { ...record, content: join(place, 'content') };
    } finally {
      fs.rmSync(temporary, { recursive: true, force: true });
    }
  }

  #place(key: unknown): string {
    return join(
      this.#folder,
      Buffer.from(hashBytes('sha256', JSON.stringify(key)).bytes)
        .toString('hex')
        .slice(0, 40),
    );
  }
}
