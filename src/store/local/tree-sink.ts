/** Who receives a tree, step by step, in the order of archives: see `NarEvent`. */
import type { NarEvent } from '../../formats/index.ts';

/** A writer of archives, a writer of files, a recorder. Names and targets are byte strings. */
export interface TreeSink {
  directory(): void;
  entry(name: string): void;
  regular(executable: boolean, size: number): void;
  /** The bytes are only good until the call returns. */
  data(bytes: Uint8Array): void;
  symlink(target: string): void;
  /** Of the open file or directory. */
  end(): void;
}

/** Gives an event to a sink. */
export function giveEvent(sink: TreeSink, event: NarEvent): void {
  if (event.type === 'data') sink.data(event.bytes);
  else if (event.type === 'entry') sink.entry(event.name);
  else if (event.type === 'regular') sink.regular(event.executable, event.size);
  else if (event.type === 'end') sink.end();
  else if (event.type === 'directory') sink.directory();
  else sink.symlink(event.target);
}

/** A sink for those who want events. */
export function eventSink(take: (event: NarEvent) => void): TreeSink {
  return {
    directory: () => take({ type: 'directory' }),
    entry: (name) => take({ type: 'entry', name }),
    regular: (executable, size) => take({ type: 'regular', executable, size }),
    data: (bytes) => take({ type: 'data', bytes }),
    symlink: (target) => take({ type: 'symlink', target }),
    end: () => take({ type: 'end' }),
  };
}
