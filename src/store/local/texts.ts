/**
 * Text files (`.drv` files and what `toFile` makes): any number of them is written, made durable, put in place and
 * registered in one go, because an evaluation makes hundreds.
 *
 * Their paths follow from their bytes, so whoever else writes one writes the same: they are renamed into place
 * without a lock, unless somebody holds one.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { faultPoint } from '../../base/fault.ts';
import { temporaryName } from '../../base/fs-atomic.ts';
import {
  baseNameOf,
  contentAddressText,
  type Derivation,
  hashBytes,
  makeTextPath,
  NarWriter,
  type StorePath,
} from '../../formats/index.ts';
import type { PathInfo, Provenance } from '../store.ts';
import { makeDurable, syncStoreFolder } from './durable.ts';
import { NarHasher } from './nar.ts';
import { now, type Parts, realPathIn } from './parts.ts';
import { lockPathSync, type PathLocks } from './path-locks.ts';
import { place } from './place.ts';
import { rawPathOf } from './raw-path.ts';
import { register } from './register.ts';
import { removeTree } from './remove-tree.ts';
import { TreeWriter } from './tree-writer.ts';

export interface Text {
  readonly info: PathInfo;
  readonly content: Buffer;
  readonly derivation?: Derivation | undefined;
  readonly provenance?: Provenance | undefined;
}

/** The path and all that will be known of a text; nothing is written. */
export function textOf(storeDir: string, name: string, content: Buffer, references: readonly StorePath[]): Text {
  const hash = hashBytes('sha256', content);
  const sorted = [...new Set(references)].sort();
  const path = makeTextPath(storeDir, name, hash, sorted);
  const nar = narHashOfFile(content);
  return {
    content,
    info: {
      path,
      narHash: nar.hash,
      narSize: nar.size,
      references: sorted,
      deriver: undefined,
      registrationTime: now(),
      ultimate: false,
      signatures: [],
      contentAddress: contentAddressText('text', hash),
    },
  };
}

/** Returns when all of them are valid. The caller has opened the store for writing. */
export function writeTexts(parts: Parts, texts: readonly Text[]): void {
  if (texts.length === 0) return;
  parts.guard.during(() => {
    parts.tempRoots.add(texts.map((text) => text.info.path));
    const locks = lockContested(parts, missing(parts, texts));
    try {
      writeMissing(parts, missing(parts, texts));
    } finally {
      for (const lock of locks) lock.release();
    }
  });
}

function missing(parts: Parts, texts: readonly Text[]): Text[] {
  const valid = parts.queries.validAmong(texts.map((text) => text.info.path));
  return texts.filter((text) => !valid.has(text.info.path));
}

/** Nix writes in place, under a lock: where there is a lock file, wait for its owner. */
function lockContested(parts: Parts, texts: readonly Text[]): PathLocks[] {
  const contested = texts
    .map((text) => realPathIn(parts.layout, text.info.path))
    .filter((path) => fs.existsSync(`${path}.lock`));
  return contested.sort().map((path) => lockPathSync(path, () => {}));
}

function writeMissing(parts: Parts, texts: readonly Text[]): void {
  if (texts.length === 0) return;
  const { realStoreDir } = parts.layout;
  const folder = temporaryName(realStoreDir);
  try {
    fs.mkdirSync(folder, 0o700);
    for (const text of texts) writeText(join(folder, baseNameOf(text.info.path)), text.content);
    faultPoint('texts/written');
    makeDurable(parts, [folder]);
    faultPoint('texts/durable');
    for (const { info } of texts) {
      place(join(folder, baseNameOf(info.path)), realPathIn(parts.layout, info.path));
      faultPoint('texts/renamed');
    }
    syncStoreFolder(parts);
    faultPoint('texts/names-durable');
    register(parts, texts);
    faultPoint('texts/registered');
  } finally {
    removeTree(folder);
  }
}

function writeText(path: string, content: Buffer): void {
  const writer = new TreeWriter(rawPathOf(path));
  try {
    writer.regular(false);
    writer.data(content);
    writer.end();
  } finally {
    writer.abandon();
  }
}

function narHashOfFile(content: Buffer) {
  const hasher = new NarHasher();
  const writer = new NarWriter((chunk) => hasher.update(chunk));
  writer.regular(false, content.length);
  writer.data(content);
  writer.end();
  writer.finish();
  return hasher.finish();
}
