import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockAt, fullBlocks } from '../diffusion/example-blocks.ts';
import { Blocks } from './blocks.ts';

describe('blocks of encodings', () => {
  const asked = fc.array(fc.array(fc.nat({ max: 19 }), { minLength: 1, maxLength: 6 }), { maxLength: 12 });
  const items = Array.from({ length: 20 }, (_, i) => i);

  it('give every item its own value; each is made once, and always with the same neighbours', async () => {
    await fc.assert(
      fc.asyncProperty(asked, fc.integer({ min: 1, max: 7 }), async (calls, size) => {
        const made = new Map<number, string>();
        const blocks = new Blocks({
          items,
          keyOf: String,
          size,
          maxBytes: 1e6,
          async encode(block) {
            await Promise.resolve();
            for (const item of block) {
              expect(made.has(item)).toBe(false);
              made.set(item, block.join());
            }
            return block.map((item) => Float32Array.of(item));
          },
        });
        // Together, as blocks of examples ask.
        const values = await Promise.all(calls.map((call) => blocks.getAll(call)));
        expect(values.map((row) => row.map(([value]) => value))).toEqual(calls);
        for (const [item, block] of made) {
          const start = item - (item % size);
          expect(block).toBe(items.slice(start, start + size).join());
        }
      }),
    );
  });

  it('that need not keep neighbours together make only what is asked for or expected, each once', async () => {
    await fc.assert(
      fc.asyncProperty(asked, fc.integer({ min: 1, max: 7 }), async (calls, size) => {
        const made: number[] = [];
        const lengths: number[] = [];
        const blocks = new Blocks({
          items,
          keyOf: String,
          size,
          maxBytes: 1e6,
          aligned: false,
          async encode(block) {
            made.push(...block);
            lengths.push(block.length);
            return block.map((item) => Float32Array.of(item));
          },
        });
        blocks.expect(calls.flat());
        for (const call of calls) {
          const values = await blocks.getAll(call);
          expect(values.map(([value]) => value)).toEqual(call);
        }
        expect([...made].sort((a, b) => a - b)).toEqual([...new Set(calls.flat())].sort((a, b) => a - b));
        // Every block but the last is full.
        expect(lengths.slice(0, -1).every((length) => length === size)).toBe(true);
      }),
    );
  });

  it('do not keep a failure', async () => {
    let failures = 1;
    const blocks = new Blocks({
      items,
      keyOf: String,
      size: 4,
      maxBytes: 1e6,
      async encode(block) {
        if (failures-- > 0) throw new Error('once');
        return block.map((item) => Float32Array.of(item));
      },
    });
    await expect(blocks.get(1)).rejects.toThrow('once');
    expect(Array.from(await blocks.get(1))).toEqual([1]);
  });
});

describe('blocks of examples', () => {
  const rows = fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 60 });

  it('are the fewest examples whose rows fill their batches to 95%, or sixteen batches', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(1, 4, 7, 16, 32), (counts, batch) => {
        const starts = fullBlocks(counts, batch);
        const isFull = (from: number, to: number) => {
          const sum = counts.slice(from, to).reduce((a, b) => a + b, 0);
          const batches = Math.ceil(sum / batch);
          return sum >= 0.95 * batches * batch || batches >= 16;
        };
        expect(starts[0]).toBe(0);
        for (const [i, from] of starts.entries()) {
          const to = starts[i + 1] ?? counts.length;
          for (let end = from + 1; end < to; end++) expect(isFull(from, end)).toBe(false);
          if (to < counts.length) expect(isFull(from, to)).toBe(true);
          for (let at = from; at < to; at++) expect(blockAt(starts, counts.length, at)).toEqual({ from, to });
        }
      }),
    );
  });

  it('are eight of two pairs, or four of four, for batches of sixteen', () => {
    expect(fullBlocks(Array<number>(20).fill(2), 16)).toEqual([0, 8, 16]);
    expect(fullBlocks(Array<number>(9).fill(4), 16)).toEqual([0, 4, 8]);
  });
});
