/** `node:crypto`, loaded when it is first used: that takes as long as the rest of a small evaluation. */
import type * as Crypto from 'node:crypto';

let loaded: typeof Crypto | undefined;

export function crypto(): typeof Crypto {
  loaded ??= process.getBuiltinModule('node:crypto');
  return loaded;
}
