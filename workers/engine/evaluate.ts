import { relative } from 'node:path';
import { isAdaptive, type Protocol } from '@gdbench/benchmark/protocol';
import type { ExampleScores, TaskData, TaskName } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import { LRUCache } from 'lru-cache';
import { ImageFault } from './checkpoint/fault.ts';
import { corpusKey, corpusOf, type SpreadCorpus, spread } from './corpus.ts';
import type { Choice } from './diffusion/tune.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import { inOrder } from './in-order.ts';
import { oneByOne, openScorer, type Scorer } from './scorers/open-scorer.ts';
import type { BlockScorer, Corpus, PairScores, SampleErrors } from './scorers/scorer.ts';

export { type Choice, describeChoice } from './diffusion/tune.ts';
export type { SampleErrors } from './scorers/scorer.ts';

export interface ScoredExample extends ExampleScores {
  /** Only where asked for, and only of a protocol that samples in full: not of raced candidates (diffusion-itm-adaptive). */
  readonly errors?: SampleErrors;
}

export interface ScoreOptions {
  readonly signal?: AbortSignal;
  /** After each example, in their order: how many of `from` to `to` are done, and the example, so that it can be written at once. */
  readonly onExample?: (done: number, total: number, scored: ScoredExample) => void;
  /** Give every sample's error too. */
  readonly errors?: boolean;
  /** false: only `onExample` is given the examples, so that memory stays flat over any number of them. Default: true. */
  readonly collect?: boolean;
}

/** What went through the sessions of one ONNX file. */
export interface Calls {
  readonly calls: number;
  readonly rows: number;
}

export interface Evaluator {
  readonly protocol: Protocol;
  /** U-Net rows, or encoder rows, so far. */
  readonly rowsScored: number;
  /** Sentences about what did not go as asked, such as a device that is not there. */
  readonly warnings: readonly string[];
  /** By file of the checkpoint, counted where the runtime is called; measurements and trials of a graph's inputs included. */
  readonly counts: Readonly<Record<string, Calls>>;
  /** How a diffusion model is run as things stand. */
  readonly choice: Choice | undefined;
  /**
   * Scores the examples `from` (inclusive) to `to` (exclusive) of a task. One call at a time.
   *
   * @throws CheckpointFault, DataFault, or the signal's reason.
   */
  scoreExamples(data: TaskData, from: number, to: number, options?: ScoreOptions): Promise<ScoredExample[]>;
  close(): Promise<void>;
}

/** Blocks of a diffusion model in work at a time: images and texts of the next are read and encoded meanwhile. */
const BLOCKS_AHEAD = 2;
/** Examples of the other kinds, for the same end. */
const EXAMPLES_AHEAD = 16;

/** @throws CheckpointFault when the folder is not, or no longer, what the report says. */
export async function openEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const warnings = new Set<string>();
  const counts: Record<string, Calls> = {};
  const scorer = await openScorer(options, {
    warn: (sentence) => warnings.add(sentence),
    ...(options.onLog ? { log: options.onLog } : {}),
    onRun(file, rows) {
      const before = counts[file] ?? { calls: 0, rows: 0 };
      counts[file] = { calls: before.calls + 1, rows: before.rows + rows };
    },
  });
  return new OpenEvaluator(scorer, warnings, counts);
}

class OpenEvaluator implements Evaluator {
  readonly counts: Readonly<Record<string, Calls>>;
  readonly #scorer: Scorer;
  readonly #blocks: BlockScorer;
  readonly #warnings: Set<string>;
  /** Of blocks that a range cut through, for the range that goes on with them. */
  readonly #recent = new LRUCache<string, readonly PairScores[]>({ max: BLOCKS_AHEAD });
  #present: SpreadCorpus | undefined;

  constructor(scorer: Scorer, warnings: Set<string>, counts: Readonly<Record<string, Calls>>) {
    this.counts = counts;
    this.#scorer = scorer;
    this.#blocks = 'scoreBlock' in scorer ? scorer : oneByOne(scorer);
    this.#warnings = warnings;
  }

  get protocol(): Protocol {
    return this.#scorer.protocol;
  }

  get choice(): Choice | undefined {
    return 'choice' in this.#scorer ? this.#scorer.choice : undefined;
  }

  get rowsScored(): number {
    return this.#scorer.rowsScored;
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  async scoreExamples(
    data: TaskData,
    from: number,
    to: number,
    { signal, onExample, errors = false, collect = true }: ScoreOptions = {},
  ): Promise<ScoredExample[]> {
    if (from < 0 || to > data.examples.length || from > to)
      throw new RangeError(`examples ${from} to ${to} are not among the ${data.examples.length} of ${data.task}`);
    const { corpus, positions } = await this.#corpusOf(data);
    const scored: ScoredExample[] = [];
    let done = 0;
    try {
      await this.#blocks.begin(corpus, from, to);
      const ahead = this.#blocks === this.#scorer ? BLOCKS_AHEAD : EXAMPLES_AHEAD;
      await inOrder(this.#jobs(corpus, from, to, signal), ahead, ({ range, pairs }) => {
        for (let at = Math.max(from, range.from); at < Math.min(to, range.to); at++) {
          signal?.throwIfAborted();
          const { index, id } = data.examples[at]!;
          const one = { index, example: id, ...part(spread(pairs[at - range.from]!, positions[at]!), errors) };
          if (collect) scored.push(one);
          done += 1;
          onExample?.(done, to - from, one);
        }
      });
    } catch (error) {
      belowRoot(data, error);
    }
    return scored;
  }

  close(): Promise<void> {
    return this.#scorer.close();
  }

  async #corpusOf(data: TaskData): Promise<SpreadCorpus> {
    if (this.#present?.corpus.key !== corpusKey(data)) this.#present = await corpusOf(data);
    const caution = isAdaptive(this.protocol) ? adaptiveCaution(data.task, this.#present.corpus) : null;
    if (caution) this.#warnings.add(caution);
    return this.#present;
  }

  /** The work on each block of the examples `from` to `to`, in their order. */
  *#jobs(
    corpus: Corpus,
    from: number,
    to: number,
    signal: AbortSignal | undefined,
  ): Generator<() => Promise<{ range: Range; pairs: readonly PairScores[] }>> {
    for (let at = from; at < to; ) {
      const { cut, ...range } = rangeAt(this.#blocks, corpus, at, from, to);
      at = Math.min(range.to, to);
      yield async () => {
        signal?.throwIfAborted();
        const name = `${corpus.key} ${range.from}`;
        const examples = corpus.examples.slice(range.from, range.to);
        const pairs = this.#recent.get(name) ?? (await this.#blocks.scoreBlock(corpus, examples, signal));
        if (cut) this.#recent.set(name, pairs);
        return { range, pairs };
      };
    }
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The block at a place: all of it where that keeps its bits, else its part of what is asked for. */
function rangeAt(blocks: BlockScorer, corpus: Corpus, at: number, from: number, to: number): Range & { cut: boolean } {
  const block = blocks.blockOf(corpus, at);
  const cut = block.from < from || block.to > to;
  if (blocks.wholeBlocks) return { ...block, cut };
  return { from: Math.max(block.from, from), to: Math.min(block.to, to), cut: false };
}

function part({ scores, errors }: PairScores, withErrors: boolean): Pick<ScoredExample, 'scores' | 'errors'> {
  return withErrors && errors ? { scores, errors } : { scores };
}

/** What a race does not give as the full budget would, or is not run for; null: nothing. */
function adaptiveCaution(task: TaskName, { everyScore }: Corpus): string | null {
  if (everyScore) return `${task} compares the scores of all its images: it was scored with the full budget.`;
  if (TASKS[task].main !== 'r1') return null;
  return `${task} looks at the five best candidates too, and diffusion-itm-adaptive races for the best alone: its R@5 is an estimate; diffusion-itm gives it exactly.`;
}

/** Faults name images as the data root does: where the root stands is nobody's business. */
function belowRoot({ root }: TaskData, error: unknown): never {
  throw error instanceof ImageFault ? new ImageFault(relative(root, error.file), error.why) : error;
}
