/** Which file describes the machine that a command is about. */
import * as fs from 'node:fs';
import type { Subject } from '../app/index.ts';
import type { Invocation } from './command.ts';
import { subjectOf } from './evaluation.ts';

/** As for `eval`, but with `system.nix` where that takes `default.nix`. */
export function machineSubject(invocation: Invocation): Subject {
  const subject = subjectOf(invocation, './system.nix');
  const sources = subject.sources.map((source) => {
    if (source.kind !== 'file') return source;
    const inFolder = `${source.path}/system.nix`;
    return fs.existsSync(Buffer.from(inFolder, 'latin1')) ? ({ kind: 'file', path: inFolder } as const) : source;
  });
  return { ...subject, sources };
}
