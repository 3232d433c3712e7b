import { LRUCache } from 'lru-cache';

export interface BlocksOptions<T, V> {
  /** Each once, in the order that decides the blocks. */
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** Items in a block. It may only change where blocks need not be aligned. */
  readonly size: number | (() => number);
  /** Bytes of values that are kept; of the others, those that were asked for last stay. */
  readonly maxBytes: number;
  /**
   * true (the default): an item's value is always made together with the same neighbours, so that it is equal to the bit whichever
   * items are asked for, in which order, and whatever the cache still holds. false: only what is asked for is made, and what is
   * expected next as far as it fills the block.
   */
  readonly aligned?: boolean;
  readonly encode: (items: readonly T[], signal?: AbortSignal) => Promise<readonly V[]>;
}

/** Values of items, such as encodings, made in blocks, each once as long as the cache holds it; also when asked for twice at a time. */
export class Blocks<T, V extends { readonly byteLength: number }> {
  readonly #options: BlocksOptions<T, V>;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #cache: LRUCache<string, V>;
  readonly #running = new Map<string, Promise<V>>();
  /** The next one last. */
  #expected: T[] = [];

  constructor(options: BlocksOptions<T, V>) {
    const { items, keyOf, maxBytes } = options;
    this.#options = options;
    this.#positions = new Map(items.map((item, position) => [keyOf(item), position]));
    this.#cache = new LRUCache({ maxSize: maxBytes, sizeCalculation: (value) => Math.max(1, value.byteLength) });
  }

  /** Says what will be asked for, in this order. */
  expect(items: readonly T[]): void {
    this.#expected = [...items].reverse();
  }

  async get(item: T, signal?: AbortSignal): Promise<V> {
    return (await this.getAll([item], signal))[0]!;
  }

  /** The items' values, in their order. What is missing is made block after block. */
  async getAll(items: readonly T[], signal?: AbortSignal): Promise<V[]> {
    const { keyOf } = this.#options;
    const found = new Map<string, V | Promise<V>>();
    const missing = new Map<string, T>();
    for (const item of items) {
      const key = keyOf(item);
      const known = this.#known(key);
      if (known !== undefined) found.set(key, known);
      else missing.set(key, item);
    }
    for (const [key, item] of missing) {
      if (found.has(key)) continue;
      signal?.throwIfAborted();
      // Another call may have begun it while a block before was made.
      const known = this.#known(key);
      const block = known === undefined ? this.#blockOf(item, missing, found) : [];
      if (known !== undefined) found.set(key, known);
      const values = await this.#make(block, signal);
      block.forEach((member, i) => {
        found.set(keyOf(member), values[i]!);
      });
    }
    return Promise.all(items.map((item) => found.get(keyOf(item))!));
  }

  #known(key: string): V | Promise<V> | undefined {
    return this.#cache.get(key) ?? this.#running.get(key);
  }

  /** What is made together with an item. */
  #blockOf(item: T, missing: ReadonlyMap<string, T>, found: ReadonlyMap<string, unknown>): readonly T[] {
    const { items, keyOf, aligned = true } = this.#options;
    const size = typeof this.#options.size === 'number' ? this.#options.size : this.#options.size();
    if (aligned) {
      const position = this.#positions.get(keyOf(item));
      if (position === undefined) throw new RangeError('the item is not part of the corpus');
      const start = position - (position % size);
      return items.slice(start, start + size);
    }
    const block = new Map([[keyOf(item), item]]);
    const add = (key: string, more: T) => {
      if (!block.has(key) && !found.has(key) && this.#known(key) === undefined) block.set(key, more);
    };
    for (const [key, more] of missing) if (block.size < size) add(key, more);
    while (block.size < size) {
      const next = this.#expected.pop();
      if (next === undefined) break;
      add(keyOf(next), next);
    }
    return [...block.values()];
  }

  async #make(block: readonly T[], signal?: AbortSignal): Promise<readonly V[]> {
    const { keyOf, encode } = this.#options;
    if (block.length === 0) return [];
    const made = encode(block, signal);
    block.forEach((item, i) => {
      const value = made.then((values) => values[i]!);
      value.catch(() => {});
      this.#running.set(keyOf(item), value);
    });
    try {
      const values = await made;
      block.forEach((item, i) => {
        this.#cache.set(keyOf(item), values[i]!);
      });
      return values;
    } finally {
      for (const item of block) this.#running.delete(keyOf(item));
    }
  }
}

/** Pixels that go through an image encoder at once, so that large images do not multiply its memory by the batch. */
const PIXELS_AT_ONCE = 16 * 224 * 224;

export function imageBlock(batch: number, width: number, height: number): number {
  return Math.max(1, Math.min(batch, Math.floor(PIXELS_AT_ONCE / (width * height))));
}
