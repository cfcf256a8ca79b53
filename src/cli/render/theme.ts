/** Colours by meaning. */
import picocolors from 'picocolors';

export interface Theme {
  readonly colored: boolean;
  error(text: string): string;
  warning(text: string): string;
  good(text: string): string;
  /** Places: files and positions. */
  place(text: string): string;
  strong(text: string): string;
  dim(text: string): string;
  added(text: string): string;
  removed(text: string): string;
}

export function theme(colored: boolean): Theme {
  const c = picocolors.createColors(colored);
  return {
    colored,
    error: (text) => c.bold(c.red(text)),
    warning: (text) => c.yellow(text),
    good: (text) => c.green(text),
    place: (text) => c.blue(text),
    strong: (text) => c.bold(text),
    dim: (text) => c.dim(text),
    added: (text) => c.green(text),
    removed: (text) => c.red(text),
  };
}
