/**
 * Peeksort (J. I. Munro and S. Wild, "Nearly-Optimal Mergesorts", ESA 2018): a stable merge sort that looks for the
 * run around the middle. Programs can see in which order a sort compares (through `trace`, errors, or a comparator
 * that contradicts itself), so it is this algorithm, with the same small cases, that has to be used.
 */

export type Less<T> = (a: T, b: T) => boolean;

/** Up to this many items are sorted by insertion. */
const fewItems = 16;

/** Sorts in place. A comparator that is no order still gives all the items, in some order. */
export function peeksort<T>(items: T[], less: Less<T>): void {
  if (items.length < 2) return;
  if (items.length === 2) {
    if (less(items[1]!, items[0]!)) items.reverse();
    return;
  }
  new Sorter(items, less).sort(0, items.length, 0, items.length);
}

class Sorter<T> {
  readonly #items: T[];
  readonly #less: Less<T>;
  readonly #buffer: T[];

  constructor(items: T[], less: Less<T>) {
    this.#items = items;
    this.#less = less;
    this.#buffer = new Array<T>(items.length);
  }

  /** Sorts from `begin` to `end`, where all before `leftEnd` and all from `rightBegin` on is in order already. */
  sort(begin: number, end: number, leftEnd: number, rightBegin: number): void {
    if (leftEnd === end || rightBegin === begin) return;
    if (end - begin <= fewItems) this.#insert(begin, end);
    else this.#split(begin, end, leftEnd, rightBegin);
  }

  #split(begin: number, end: number, leftEnd: number, rightBegin: number): void {
    const middle = begin + Math.floor((end - begin) / 2);
    if (middle <= leftEnd) {
      this.sort(leftEnd, end, leftEnd + 1, rightBegin);
      this.#merge(begin, leftEnd, end);
    } else if (middle >= rightBegin) {
      this.sort(begin, rightBegin, leftEnd, rightBegin - 1);
      this.#merge(begin, rightBegin, end);
    } else this.#sortAround(middle, begin, end, leftEnd, rightBegin);
  }

  /** Splits at the nearer end of the run that the middle is in. */
  #sortAround(middle: number, begin: number, end: number, leftEnd: number, rightBegin: number): void {
    const [i, j] = this.#runAround(middle, leftEnd, rightBegin);
    if (i === begin && j === end) return;
    if (middle - i < j - middle) {
      this.sort(begin, i, leftEnd, i - 1);
      this.sort(i, end, j, rightBegin);
      this.#merge(begin, i, end);
    } else {
      this.sort(begin, j, leftEnd, i);
      this.sort(j, end, j + 1, rightBegin);
      this.#merge(begin, j, end);
    }
  }

  /** A run that goes down strictly is turned around. */
  #runAround(middle: number, low: number, high: number): [number, number] {
    const items = this.#items;
    const less = this.#less;
    const down = less(items[middle]!, items[middle - 1]!);
    let i = middle;
    while (i - 1 > low && less(items[i - 1]!, items[i - 2]!) === down) i -= 1;
    let j = middle - 1;
    while (j + 1 !== high && less(items[j + 1]!, items[j]!) === down) j += 1;
    if (down) reverse(items, i - 1, j + 1);
    return [i - 1, j + 1];
  }

  #insert(begin: number, end: number): void {
    const items = this.#items;
    const less = this.#less;
    for (let current = begin + 1; current < end; current++) {
      const item = items[current]!;
      let at = current;
      while (at !== begin && less(item, items[at - 1]!)) {
        items[at] = items[at - 1]!;
        at -= 1;
      }
      items[at] = item;
    }
  }

  /** Merges two neighbouring runs; of equal items those of the left one come first. */
  #merge(begin: number, middle: number, end: number): void {
    const items = this.#items;
    const less = this.#less;
    const buffer = this.#buffer;
    for (let i = begin; i < end; i++) buffer[i] = items[i]!;
    let left = begin;
    let right = middle;
    let output = begin;
    while (left < middle && right < end) {
      items[output++] = less(buffer[right]!, buffer[left]!) ? buffer[right++]! : buffer[left++]!;
    }
    while (left < middle) items[output++] = buffer[left++]!;
    while (right < end) items[output++] = buffer[right++]!;
  }
}

function reverse<T>(items: T[], begin: number, end: number): void {
  for (let i = begin, j = end - 1; i < j; i++, j--) {
    const item = items[i]!;
    items[i] = items[j]!;
    items[j] = item;
  }
}
