import { Mersenne } from './mersenne.ts';

const BLOCK = 16;
const HALF = BLOCK / 2;

/**
 * The stream of `g = torch.Generator().manual_seed(seed)`, `torch.randn(size, generator=g)`, drawn again and again: PyTorch's
 * normal numbers on the CPU in float32 (ATen/native/cpu/DistributionTemplates.h). Each draw is one tensor, flattened.
 */
export class NoiseStream {
  readonly #bits: Mersenne;
  /** The sine half of the last pair of a draw of fewer than 16 values; PyTorch keeps it in the generator. */
  #spare: number | undefined;

  constructor(seed: number | Mersenne, spare?: number) {
    this.#bits = typeof seed === 'number' ? new Mersenne(seed) : seed;
    this.#spare = spare;
  }

  /** A stream that goes on from here by itself. */
  fork(): NoiseStream {
    return new NoiseStream(this.#bits.fork(), this.#spare);
  }

  /** @param out what is filled. */
  draw(size: number, out: Float32Array = new Float32Array(size)): Float32Array {
    if (size < BLOCK) {
      for (let i = 0; i < size; i++) out[i] = this.#single();
      return out;
    }
    for (let i = 0; i < size; i++) out[i] = this.#uniform24();
    for (let at = 0; at + BLOCK <= size; at += BLOCK) boxMuller(out, at);
    if (size % BLOCK !== 0) {
      const last = size - BLOCK;
      for (let i = last; i < size; i++) out[i] = this.#uniform24();
      boxMuller(out, last);
    }
    return out;
  }

  #uniform24(): number {
    return (this.#bits.next32() & 0xffffff) / 2 ** 24;
  }

  /** 53 bits of two words, the first one the upper. */
  #uniform53(): number {
    const high = this.#bits.next32() & 0x1fffff;
    return (high * 2 ** 32 + this.#bits.next32()) / 2 ** 53;
  }

  #single(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const angle = 2 * Math.PI * this.#uniform53();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniform53()));
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Turns 16 uniform numbers in place into 16 normal ones: cosines in the first half, sines in the second. */
function boxMuller(values: Float32Array, at: number): void {
  for (let j = at; j < at + HALF; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[j]!));
    const angle = 2 * Math.PI * values[j + HALF]!;
    values[j] = radius * Math.cos(angle);
    values[j + HALF] = radius * Math.sin(angle);
  }
}

/** The first tensors of a stream, the same ones for every pair of an evaluation, on memory that threads can share. */
export interface Noise {
  /** @param k from 0. */
  tensor(k: number): Float32Array;
}

/** Bytes of noise that are kept: the first tensors that fit. The others are drawn again from the generator's state before them. */
const KEPT_BYTES = 512 * 2 ** 20;

/**
 * @param size numbers in a tensor.
 * @param count tensors.
 */
export function drawNoise(seed: number, size: number, count: number, keptBytes = KEPT_BYTES): Noise {
  const sharable = () => new Float32Array(new SharedArrayBuffer(4 * size));
  const stream = new NoiseStream(seed);
  const kept: Float32Array[] = [];
  const before: NoiseStream[] = [];
  const fitting = Math.min(count, Math.floor(keptBytes / (4 * size)));
  while (kept.length < fitting) kept.push(stream.draw(size, sharable()));
  const passed = new Float32Array(fitting < count ? size : 0);
  for (let k = fitting; k < count; k++) {
    before.push(stream.fork());
    stream.draw(size, passed);
  }
  // Rows come in the order of k, so that most ask for the same tensor as the row before.
  let last: { readonly k: number; readonly tensor: Float32Array } | undefined;
  return {
    tensor(k) {
      const known = last?.k === k ? last.tensor : kept[k];
      if (known) return known;
      const start = before[k - fitting];
      if (!start) throw new RangeError(`there are ${count} noise tensors, none is number ${k}`);
      const tensor = start.fork().draw(size, sharable());
      last = { k, tensor };
      return tensor;
    },
  };
}
