/**
 * Extended attributes, access control lists among them: nothing in a store has any, since no archive holds them. Those
 * that belong to the file system rather than to the file stay, as with Nix.
 */
import * as fs from 'node:fs';
import { bytesOf, toUnicode } from '../../base/bytes.ts';
import { errnos, type SystemCalls, systemCalls } from '../../base/system-calls.ts';
import { StoreError } from '../errors.ts';
import { native } from './raw-path.ts';

/** Labels that the system gives to every file, and lists that network file systems make of modes. */
const kept: readonly string[] = ['security.csm', 'security.selinux', 'system.nfs4_acl'];

/** Whether a directory has some that what is made in it would inherit. */
export function hasExtendedAttributes(rawPath: string): boolean {
  if (last?.folder !== rawPath)
    last = { folder: rawPath, some: attributesOf(systemCalls(), bytesOf(rawPath)).length > 0 };
  return last.some;
}

/** Many trees are written into one folder. */
let last: { readonly folder: string; readonly some: boolean } | undefined;

/** @param mode of the file or directory; undefined for a link. It may be left with its owner's permission to write. */
export function removeExtendedAttributes(rawPath: string, mode: number | undefined): void {
  const calls = systemCalls();
  const path = bytesOf(rawPath);
  const names = attributesOf(calls, path);
  if (calls === undefined || names.length === 0) return;
  // Whoever may not write to a file may not change its attributes either.
  if (mode !== undefined && (mode & 0o200) === 0) fs.chmodSync(native(rawPath), (mode & 0o777) | 0o200);
  for (const name of names) remove(calls, path, name);
}

function attributesOf(calls: SystemCalls | undefined, path: Uint8Array): string[] {
  return calls === undefined ? [] : calls.extendedAttributes(path).filter((name) => !kept.includes(name));
}

function remove(calls: SystemCalls, path: Uint8Array, name: string): void {
  const errno = calls.removeExtendedAttribute(path, name);
  if (errno === 0 || errno === errnos.ENODATA) return;
  const file = toUnicode(Buffer.from(path).toString('latin1'));
  throw new StoreError('store/io', `the attribute '${name}' of '${file}' cannot be removed (errno ${errno})`, {
    details: { file, name, errno },
  });
}
