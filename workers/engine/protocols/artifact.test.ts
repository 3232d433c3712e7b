import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../../../test/support/folder.ts';
import { DataFault } from '../checkpoint/fault.ts';
import { type ExampleErrors, encodeChunk, encodeHeader, openErrors, readErrors, type Torn } from './artifact.ts';
import { packMember } from './artifact-members.ts';
import { sampleIndices, subsample } from './artifact-subsample.ts';
import { writeErrors } from './artifact-writer.ts';
import { reduceErrors } from './reduce.ts';

const header = {
  checkpointSha256: 'ab'.repeat(32),
  task: 'winoground',
  dataVersion: '0123456789abcdef',
  samples: 4,
  seed: 7,
  latentElements: 16,
} as const;
/** timestepsFor(4): 10, 260, 510, 760. */
const COUNT = 4;

const row = fc
  .array(fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }), { minLength: COUNT, maxLength: COUNT })
  .map((values) => Float32Array.from(values));
const many = (n: number) => fc.array(row, { minLength: n, maxLength: n });
const example: fc.Arbitrary<ExampleErrors> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.boolean())
  .chain(([texts, images, uncond, gray]) =>
    fc.record({
      index: fc.nat(),
      example: fc.string({ minLength: 1 }),
      errors: fc.record({
        cond: fc.array(many(images), { minLength: texts, maxLength: texts }),
        ...(uncond ? { uncond: many(images) } : {}),
        ...(gray ? { gray: many(texts) } : {}),
      }),
    }),
  );
const chunks = fc.array(fc.array(example, { minLength: 1, maxLength: 3 }), { maxLength: 4 });

async function all(source: string | Uint8Array, onTorn?: (torn: Torn) => void): Promise<ExampleErrors[]> {
  const found: ExampleErrors[] = [];
  for await (const one of readErrors(source, onTorn ? { onTorn } : {})) found.push(one);
  return found;
}

const folder = newFolder();

describe('a score artifact', () => {
  it('gives back what was written, to the bit, in the order of the file', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, async (written) => {
        const bytes = Buffer.concat([encodeHeader(header), ...written.map(encodeChunk)]);
        expect((await openErrors(bytes)).header).toEqual({ format: 'gdbench-errors', version: 1, ...header });
        expect(await all(bytes)).toEqual(written.flat());
      }),
      { numRuns: 50 },
    );
  });

  it('is an ordinary gzip file: JSON, then float32 little-endian', () => {
    const errors = { cond: [[Float32Array.of(1, 2, 3, 0.1)]], uncond: [Float32Array.of(4, 5, 6, 7)] };
    const text = gunzipSync(Buffer.concat([encodeHeader(header), encodeChunk([{ index: 3, example: 'a', errors }])]));
    const values = text.subarray(-32);
    expect(new DataView(values.buffer, values.byteOffset).getFloat32(12, true)).toBe(Math.fround(0.1));
    expect(text.subarray(0, -32).toString()).toBe(
      `${JSON.stringify({ format: 'gdbench-errors', version: 1, ...header })}` +
        '[{"index":3,"example":"a","texts":1,"images":1,"uncond":true,"gray":false}]\n',
    );
  });

  it('keeps its whole chunks wherever it is cut, and says where they end', async () => {
    const written = fc.sample(chunks, { numRuns: 20, seed: 3 }).find((list) => list.length === 4)!;
    const parts = [encodeHeader(header), ...written.map(encodeChunk)];
    const bytes = Buffer.concat(parts);
    const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((sum, part) => sum + part.length, 0));
    for (let cut = 0; cut <= bytes.length; cut++) {
      const torn: Torn[] = [];
      const read = all(bytes.subarray(0, cut), (one) => torn.push(one));
      if (cut < ends[0]!) {
        await expect(read).rejects.toThrow(/does not begin with a header/);
        continue;
      }
      const held = ends.filter((end) => end <= cut).length - 1;
      expect(await read).toEqual(written.slice(0, held).flat());
      const end = ends[held]!;
      expect(torn).toEqual(end === cut ? [] : [{ at: end, rest: cut - end }]);
    }
  });

  it('takes zeros at the end, as a power cut leaves them, for a torn chunk', async () => {
    const bytes = Buffer.concat([encodeHeader(header), Buffer.alloc(5000)]);
    const torn: Torn[] = [];
    expect(await all(bytes, (one) => torn.push(one))).toEqual([]);
    expect(torn).toEqual([{ at: bytes.length - 5000, rest: 5000 }]);
    await expect(all(bytes)).rejects.toThrow(/ends within a chunk, at byte/);
  });

  it('is refused in one sentence when a byte of it is another', async () => {
    const errors = { cond: [[Float32Array.of(1, 2, 3, 4)]] };
    const good = Buffer.concat([encodeHeader(header), encodeChunk([{ index: 0, example: 'a', errors }])]);
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at]! ^= 0x55;
      const outcome = await all(bad).catch((error: unknown) => error);
      // Time and system of a gzip header mean nothing.
      if (Array.isArray(outcome)) expect(at % encodeHeader(header).length).toBeLessThan(10);
      else expect(outcome).toBeInstanceOf(DataFault);
    }
  });

  it('is refused when it is something else', async () => {
    const errors = { cond: [[Float32Array.of(1, 2, 3, 4)]] };
    const chunk = (list: unknown, floats = Buffer.alloc(16)) =>
      Buffer.concat([
        encodeHeader(header),
        packMember(Buffer.concat([Buffer.from(`${JSON.stringify(list)}\n`), floats])),
      ]);
    const one = { index: 0, example: 'a', texts: 1, images: 1, uncond: false, gray: false };
    expect(await all(chunk([one]))).toHaveLength(1);
    const infinite = Buffer.alloc(16);
    infinite.writeFloatLE(Infinity);
    const refused: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /does not begin/],
      [gzipSync(JSON.stringify({ format: 'gdbench-errors', version: 1, ...header })), /does not begin/],
      [packMember(Buffer.from('[]')), /header that is not valid/],
      [packMember(Buffer.from('{"format":"gdbench-errors","version":2}')), /version 2, .* it reads 1/],
      [packMember(Buffer.from('{"format":"gdbench-errors","version":1,"task":"../x"}')), /header that is not valid/],
      [chunk([{ ...one, texts: 1e6, images: 1e6 }]), /damaged at byte/],
      [chunk([{ ...one, texts: 2 }]), /damaged at byte/],
      [chunk([{ ...one, index: -1 }]), /damaged at byte/],
      [chunk({}), /damaged at byte/],
      [chunk([one], infinite), /damaged at byte/],
      [Buffer.concat([encodeHeader(header), encodeHeader(header)]), /damaged at byte/],
    ];
    for (const [bytes, message] of refused) {
      const outcome = await all(bytes).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(DataFault);
      expect((outcome as Error).message).toMatch(message);
    }
    expect(() => encodeHeader({ ...header, samples: 0 })).toThrow(RangeError);
    const short = { cond: [[Float32Array.of(1, 2)], [Float32Array.of(1)]] };
    expect(() => encodeChunk([{ index: 0, example: 'a', errors: short }])).toThrow(/do not make a matrix/);
    const uneven = { ...errors, uncond: [] };
    expect(() => encodeChunk([{ index: 0, example: 'a', errors: uneven }])).toThrow(/do not make a matrix/);
  });
});

describe('writeErrors', () => {
  const made = (index: number): ExampleErrors => ({
    index,
    example: `example ${index}`,
    errors: { cond: [[Float32Array.of(index, 1, 2, 3)]], uncond: [Float32Array.of(0.5, index, 0, 0)] },
  });

  it('goes on after a cut at any byte, and ends as if nothing had happened', async () => {
    const file = path.join(folder, 'whole.gz');
    const writer = await writeErrors(file, header);
    for (const index of [0, 1, 2]) await writer.append([made(index)]);
    await writer.close();
    const whole = await readFile(file);
    const part = path.join(folder, 'part.gz');
    for (let cut = 0; cut < whole.length; cut += 7) {
      await writeFile(part, whole.subarray(0, cut));
      const again = await writeErrors(part, header, { resume: true });
      for (const index of [0, 1, 2]) if (!again.done.has(index)) await again.append([made(index)]);
      await again.close();
      expect((await readFile(part)).equals(whole)).toBe(true);
    }
  });

  it('begins anew without resume, and begins a file that is not there with it', async () => {
    const file = path.join(folder, 'new.gz');
    for (const resume of [true, false]) {
      const writer = await writeErrors(file, header, { resume });
      expect(writer.done.size).toBe(0);
      await writer.append([made(4)]);
      await writer.close();
      expect(await all(file)).toEqual([made(4)]);
    }
  });

  it("leaves another run's file, and what is no artifact, as it is", async () => {
    const file = path.join(folder, 'other.gz');
    await (await writeErrors(file, header)).close();
    const before = await readFile(file);
    await expect(writeErrors(file, { ...header, seed: 8 }, { resume: true })).rejects.toThrow(/errors of another run/);
    expect(await readFile(file)).toEqual(before);
    await writeFile(file, 'notes');
    await expect(writeErrors(file, header, { resume: true })).rejects.toThrow(/does not begin with a header/);
    expect(await readFile(file, 'utf8')).toBe('notes');
  });
});

describe('sampleIndices', () => {
  it('is floor(linspace(0, n - 1, m))', () => {
    // numpy.linspace(0, n - 1, m).astype(int)
    expect(sampleIndices(10, 4)).toEqual([0, 3, 6, 9]);
    expect(sampleIndices(245, 7)).toEqual([0, 40, 81, 122, 162, 203, 244]);
    expect(sampleIndices(98, 1)).toEqual([0]);
    expect(() => sampleIndices(10, 11)).toThrow(RangeError);
    expect(() => sampleIndices(10, 0)).toThrow(RangeError);
  });

  it('takes each of all samples once', () => {
    for (let n = 1; n < 300; n++) expect(sampleIndices(n, n)).toEqual(Array.from({ length: n }, (_, k) => k));
  });
});

describe('subsample', () => {
  it('gives the scores of a run that holds those samples only', () => {
    const errors = {
      cond: [[Float32Array.of(1, 2, 3, 4, 5)], [Float32Array.of(5, 4, 3, 2, 8)]],
      uncond: [Float32Array.of(1, 1, 1, 1, 2)],
      gray: [Float32Array.of(0, 1, 0, 1, 0), Float32Array.of(2, 2, 2, 2, 2)],
    };
    const few = subsample(errors, 3);
    expect(reduceErrors('diffusion-itm', few, 1)).toEqual([[-(0 + 2 + 3) / 3], [-(4 + 2 + 6) / 3]]);
    expect(reduceErrors('diffusion-itm-gray', few, 1)).toEqual([[-(1 + 3 + 5) / 3], [-(3 + 1 + 6) / 3]]);
    expect(subsample(errors, 5)).toEqual(errors);
  });
});
