import { LRUCache } from 'lru-cache';

/**
 * Encodes items in fixed blocks: an item's encoding is always made together with the same neighbours, so that it is equal to the
 * bit whichever items are asked for, in which order, and whatever the cache still holds.
 */
export class Blocks<V extends { readonly byteLength: number }> {
  readonly #items: readonly string[];
  readonly #size: number;
  readonly #encode: (items: readonly string[]) => Promise<readonly V[]>;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #cache: LRUCache<string, V>;

  /**
   * @param items each once, in the order that decides the blocks.
   * @param size items in a block.
   * @param maxBytes of encodings that are kept.
   */
  constructor(
    items: readonly string[],
    size: number,
    maxBytes: number,
    encode: (items: readonly string[]) => Promise<readonly V[]>,
  ) {
    this.#items = items;
    this.#size = size;
    this.#encode = encode;
    this.#positions = new Map(items.map((item, position) => [item, position]));
    this.#cache = new LRUCache({ maxSize: maxBytes, sizeCalculation: (value) => Math.max(1, value.byteLength) });
  }

  async get(item: string): Promise<V> {
    const kept = this.#cache.get(item);
    if (kept) return kept;
    const position = this.#positions.get(item);
    if (position === undefined) throw new RangeError('the item is not part of the corpus');
    const start = position - (position % this.#size);
    const block = this.#items.slice(start, start + this.#size);
    const values = await this.#encode(block);
    block.forEach((member, i) => {
      this.#cache.set(member, values[i]!);
    });
    return values[position - start]!;
  }
}

/** Pixels that go through an image encoder at once, so that large images do not multiply its memory by the batch. */
const PIXELS_AT_ONCE = 16 * 224 * 224;

export function imageBlock(batch: number, width: number, height: number): number {
  return Math.max(1, Math.min(batch, Math.floor(PIXELS_AT_ONCE / (width * height))));
}
