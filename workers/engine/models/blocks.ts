import { LRUCache } from 'lru-cache';

export interface BlocksOptions<T, V> {
  /** Each once, in the order that decides the blocks. */
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** Items in a block. */
  readonly size: number;
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
    const missing: T[] = [];
    for (const item of items) {
      const key = keyOf(item);
      if (found.has(key)) continue;
      const known = this.#cache.get(key) ?? this.#running.get(key);
      if (known !== undefined) found.set(key, known);
      else missing.push(item);
    }
    for (const block of this.#blocksOf(missing)) {
      signal?.throwIfAborted();
      const values = await this.#make(block, signal);
      block.forEach((item, i) => {
        found.set(keyOf(item), values[i]!);
      });
    }
    return Promise.all(items.map((item) => found.get(keyOf(item))!));
  }

  *#blocksOf(missing: readonly T[]): Generator<readonly T[]> {
    const { items, keyOf, size, aligned = true } = this.#options;
    if (!aligned) {
      for (let at = 0; at < missing.length; at += size) {
        const block = missing.slice(at, at + size);
        yield [...block, ...this.#more(block, missing, size - block.length)];
      }
      return;
    }
    const starts = new Set<number>();
    for (const item of missing) {
      const position = this.#positions.get(keyOf(item));
      if (position === undefined) throw new RangeError('the item is not part of the corpus');
      starts.add(position - (position % size));
    }
    for (const start of starts) yield items.slice(start, start + size);
  }

  /** Items that are expected and not there yet. */
  #more(block: readonly T[], missing: readonly T[], count: number): T[] {
    const { keyOf } = this.#options;
    const more: T[] = [];
    if (count === 0) return more;
    const taken = new Set([...block, ...missing].map(keyOf));
    while (more.length < count) {
      const next = this.#expected.pop();
      if (next === undefined) break;
      const key = keyOf(next);
      if (taken.has(key) || this.#cache.has(key) || this.#running.has(key)) continue;
      taken.add(key);
      more.push(next);
    }
    return more;
  }

  async #make(block: readonly T[], signal?: AbortSignal): Promise<readonly V[]> {
    const { keyOf, encode } = this.#options;
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
