/**
 * What can be started, the most urgent first: that from which the longest way leads to the end of the run. Among
 * equals the plan's order counts. A binary heap: a run may have 100,000 of them.
 */
export class ReadyQueue<T> {
  readonly #items: { readonly item: T; readonly urgency: number; readonly order: number }[] = [];
  #added = 0;

  get size(): number {
    return this.#items.length;
  }

  push(item: T, urgency: number): void {
    const items = this.#items;
    items.push({ item, urgency, order: this.#added++ });
    for (let at = items.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  shift(): T | undefined {
    const items = this.#items;
    if (items.length === 0) return undefined;
    this.#swap(0, items.length - 1);
    const { item } = items.pop()!;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let best = at;
      if (left < items.length && this.#isBefore(left, best)) best = left;
      if (right < items.length && this.#isBefore(right, best)) best = right;
      if (best === at) return item;
      this.#swap(at, best);
      at = best;
    }
  }

  clear(): void {
    this.#items.length = 0;
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#items[a]!, this.#items[b]!];
    return one.urgency > other.urgency || (one.urgency === other.urgency && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    [this.#items[a], this.#items[b]] = [this.#items[b]!, this.#items[a]!];
  }
}
