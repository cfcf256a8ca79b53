/**
 * The way out to the user: values to standard output, everything else to standard error. Writes are synchronous, so
 * that nothing is lost when the process ends; a reader that went away ends the process quietly, as SIGPIPE would.
 */
import * as fs from 'node:fs';
import { bytesOf } from '../base/bytes.ts';
import { errnoOf } from '../base/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { type Theme, theme } from './render/theme.ts';

export interface Terminal {
  /** Whether standard error is a terminal that can be drawn on. */
  readonly interactive: boolean;
  /** Columns of standard error. */
  readonly width: number;
  /** For standard output. */
  readonly outTheme: Theme;
  /** For standard error. */
  readonly theme: Theme;
  /** Writes Unicode text, or bytes, to standard output. */
  out(text: string | Uint8Array): void;
  /** Writes a byte string (the language's texts) to standard output. */
  outBytes(text: string): void;
  err(text: string): void;
}

export type ColorChoice = 'auto' | 'always' | 'never';

export function openTerminal(env: Readonly<Record<string, string | undefined>>, color: ColorChoice = 'auto'): Terminal {
  const dumb = env['TERM'] === 'dumb';
  const colors = (fd: number): boolean =>
    color === 'always' || (color === 'auto' && !env['NO_COLOR'] && !dumb && isatty(fd));
  return {
    interactive: isatty(2) && !dumb,
    get width() {
      return process.stderr.columns || 80;
    },
    outTheme: theme(colors(1)),
    theme: theme(colors(2)),
    out: (text) => writeAll(1, typeof text === 'string' ? Buffer.from(text) : text),
    outBytes: (text) => writeAll(1, bytesOf(text)),
    err: (text) => writeAll(2, Buffer.from(text)),
  };
}

/** The same terminal, on which `clear` is called before anything is written. */
export function clearingFirst(terminal: Terminal, clear: () => void): Terminal {
  const after =
    <T>(write: (text: T) => void) =>
    (text: T): void => {
      clear();
      write(text);
    };
  // Not spread: that would ask for the width, which loads all that node has for streams.
  const { interactive, outTheme, theme } = terminal;
  return {
    ...{ interactive, outTheme, theme },
    get width() {
      return terminal.width;
    },
    out: after(terminal.out),
    outBytes: after(terminal.outBytes),
    err: after(terminal.err),
  };
}

/** `node:tty` loads all of networking: it is asked only where the answer is not plain already. */
function isatty(fd: number): boolean {
  try {
    const stats = fs.fstatSync(fd);
    const isMemoryDevice = stats.rdev >> 8 === 1; // /dev/null and its like
    if (!stats.isCharacterDevice() || isMemoryDevice) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(fd);
}

/** Writes everything, waiting where a pipe is full. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += fs.writeSync(fd, bytes, offset);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else if (errno === 'EPIPE') process.exit(exitCodes.brokenPipe.code);
      else throw error;
    }
  }
}
