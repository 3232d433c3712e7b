const N = 624;
const M = 397;

/**
 * MT19937 as PyTorch's CPU generator runs it: seeded by the low 32 bits of the seed.
 * Matsumoto and Nishimura, "Mersenne Twister" (1998), init_genrand and genrand_int32.
 */
export class Mersenne {
  readonly #state = new Uint32Array(N);
  #next = N;

  /** @param seed a whole number from 0 to 2^53 - 1. */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed % 2 ** 32;
    for (let i = 1; i < N; i++) {
      const previous = state[i - 1]!;
      state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** A generator that goes on from here by itself. */
  fork(): Mersenne {
    const copy = new Mersenne(0);
    copy.#state.set(this.#state);
    copy.#next = this.#next;
    return copy;
  }

  /** The next 32 bits, as an unsigned number. */
  next32(): number {
    if (this.#next >= N) this.#twist();
    let y = this.#state[this.#next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
