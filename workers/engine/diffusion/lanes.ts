import type { Lane } from './lane.ts';
import type { GraphRow } from './unet-graph.ts';

interface Waiting {
  readonly rows: readonly GraphRow[];
  readonly resolve: (errors: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Batches in the order they come, each to the lane that has the fewest. Which lane runs a batch changes no bit of it. */
export class Lanes {
  readonly #lanes: readonly { readonly lane: Lane; busy: number }[];
  readonly #queue: Waiting[] = [];

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes.map((lane) => ({ lane, busy: 0 }));
  }

  /** Batches that can be given at once without any of them waiting here. */
  get depth(): number {
    return this.#lanes.reduce((sum, { lane }) => sum + lane.depth, 0);
  }

  /** @throws when there is no lane: others were to be opened, and could not be. */
  errors(rows: readonly GraphRow[]): Promise<Float32Array> {
    if (this.#lanes.length === 0) return Promise.reject(new Error('the sessions of the U-Net could not be opened'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ rows, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({ lane }) => lane.close()));
  }

  #next(): void {
    const [first] = [...this.#lanes].filter(({ lane, busy }) => busy < lane.depth).sort((a, b) => a.busy - b.busy);
    if (!first) return;
    const waiting = this.#queue.shift();
    if (!waiting) return;
    first.busy += 1;
    first.lane
      .errors(waiting.rows)
      .then(waiting.resolve, waiting.reject)
      .finally(() => {
        first.busy -= 1;
        this.#next();
      });
  }
}
