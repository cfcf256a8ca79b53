/** The log of a build that may still run: what there is of it, and then what is added, until the build has ended. */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorePath } from '../formats/index.ts';
import { findLog, isGrowing, readLog } from './log-file.ts';

/** Milliseconds between two looks. */
const interval = 100;
const blockSize = 64 * 1024;

/** Gives the log in pieces to `write`; returns false when there is none. An aborted signal throws its own reason. */
export async function followLog(
  logDir: string,
  drvPath: StorePath,
  write: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const path = findLog(logDir, drvPath);
  if (path === undefined) return false;
  if (!isGrowing(path)) {
    const log = await readLog(logDir, drvPath);
    if (log !== undefined) write(log);
    return log !== undefined;
  }
  // Open from now on: when it has grown long it is compressed, and goes.
  const file = fs.openSync(path, 'r');
  try {
    const block = Buffer.alloc(blockSize);
    for (let position = 0, ended = false; ; ) {
      const size = fs.readSync(file, block, 0, blockSize, position);
      if (size > 0) write(Buffer.from(block.subarray(0, size)));
      else if (ended) return true;
      position += size;
      if (size > 0) continue;
      // What was written before it ended is read after that was seen.
      ended = !isGrowing(path);
      if (!ended) await sleep(interval, undefined, { signal });
    }
  } finally {
    fs.closeSync(file);
  }
}
