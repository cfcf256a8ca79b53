/**
 * The key of a store: it signs what is built there and what leaves it, where no other key is named. So whoever names its
 * public part once takes everything from this store, without a root that trusts everybody. Made when it is first needed.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../base/errors.ts';
import { syncDirectory, temporaryName } from '../base/fs-atomic.ts';
import { SecretKey } from '../formats/index.ts';
import { type LocalStore, makeKey } from '../store/index.ts';

/** Only its owner can read it. */
export function storeKey(store: LocalStore): SecretKey {
  const folder = join(store.stateDir, 'sysbuild');
  const file = join(folder, 'signing-key');
  return keyIn(file) ?? made(folder, file);
}

function keyIn(file: string): SecretKey | undefined {
  try {
    return SecretKey.parse(fs.readFileSync(file, 'utf8').trim());
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whichever process links its file first has made the key of all of them. */
function made(folder: string, file: string): SecretKey {
  fs.mkdirSync(folder, { recursive: true });
  const temporary = temporaryName(folder);
  const name = `${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '-') || 'store'}-${randomBytes(4).toString('hex')}`;
  try {
    fs.writeFileSync(temporary, `${makeKey(name).format()}\n`, { mode: 0o600, flag: 'wx', flush: true });
    fs.linkSync(temporary, file);
    syncDirectory(folder);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
  return keyIn(file)!;
}
