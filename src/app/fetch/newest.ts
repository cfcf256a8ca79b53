/** When a tree was last changed. */
import * as fs from 'node:fs';
import { bytesOf } from '../../base/bytes.ts';

/** The newest time of anything in a tree, in seconds since the epoch. The path is a byte string. */
export function newestIn(path: string): number {
  const todo = [path];
  let newest = 0;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const place = bytesOf(next) as Buffer;
    const stats = fs.lstatSync(place);
    newest = Math.max(newest, Math.floor(stats.mtimeMs / 1000));
    if (!stats.isDirectory()) continue;
    for (const name of fs.readdirSync(place, { encoding: 'buffer' })) todo.push(`${next}/${name.toString('latin1')}`);
  }
  return newest;
}
