/** Colours by meaning. Escape codes are written here alone; libraries for it look at standard output when they load. */

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

type Paint = (text: string) => string;

const paint =
  (begin: number, end: number): Paint =>
  (text) =>
    `\x1b[${begin}m${text}\x1b[${end}m`;

const bold = paint(1, 22);
const red = paint(31, 39);
const green = paint(32, 39);

const colors: Theme = {
  colored: true,
  error: (text) => bold(red(text)),
  warning: paint(33, 39),
  good: green,
  place: paint(34, 39),
  strong: bold,
  dim: paint(2, 22),
  added: green,
  removed: red,
};

const same: Paint = (text) => text;
const plain: Theme = {
  colored: false,
  error: same,
  warning: same,
  good: same,
  place: same,
  strong: same,
  dim: same,
  added: same,
  removed: same,
};

export function theme(colored: boolean): Theme {
  return colored ? colors : plain;
}
