import { availableParallelism, freemem } from 'node:os';
import { PROTOCOLS_OF, type Protocol, type SampledProtocol } from '@gdbench/benchmark/protocol';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { openFolder } from '../checkpoint/folder.ts';
import { modelFiles, readLayout, readModel } from '../checkpoint/layout.ts';
import { openDiffusion } from '../diffusion/diffusion.ts';
import type { Diffusion } from '../diffusion/diffusion-scorer.ts';
import { DEFAULT_BATCH } from '../diffusion/tune.ts';
import type { EvaluatorOptions } from '../evaluator-options.ts';
import type { SessionOptions } from '../runtime/session.ts';
import { openDualEncoder } from './dual-encoder.ts';
import { openMatchingHead } from './matching-head.ts';
import type { BlockScorer, ImageTextScorer } from './scorer.ts';

/** Kinds whose batches do not span examples. */
export function oneByOne(scorer: ImageTextScorer): BlockScorer {
  return {
    protocol: scorer.protocol,
    get rowsScored() {
      return scorer.rowsScored;
    },
    score: (corpus, texts, images, signal) => scorer.score(corpus, texts, images, signal),
    probe: () => scorer.probe(),
    close: () => scorer.close(),
    wholeBlocks: true,
    begin: async () => {},
    blockOf: (_, at) => ({ from: at, to: at + 1 }),
    scoreBlock: (corpus, examples, signal) =>
      Promise.all(examples.map(({ texts, images }) => scorer.score(corpus, texts, images, signal))),
  };
}

/** Of any kind of checkpoint. */
export type Scorer = ImageTextScorer | Diffusion;

/** @throws CheckpointFault when the folder is not what the report says, or the protocol does not fit it. */
export async function openScorer(
  options: EvaluatorOptions,
  events: Pick<SessionOptions, 'warn' | 'log' | 'onRun'>,
): Promise<Scorer> {
  const folder = await openFolder(options.dir);
  const layout = await readLayout(folder);
  const protocol = options.protocol ?? options.report.protocol;
  const offered: readonly Protocol[] = PROTOCOLS_OF[layout.kind];
  if (!offered.includes(protocol)) {
    throw new CheckpointFault({
      file: '',
      found: `holds a ${layout.kind} checkpoint, which the protocol ${protocol} does not fit`,
      expected: 'a protocol of its kind',
      remedy: `use ${offered.join(', ')}`,
      gravity: 'kind',
    });
  }
  // The files may have changed since inspection: no session is made of a graph that leads out of the folder, or that draws.
  for (const file of modelFiles(layout)) await readModel(layout, file);
  const session: SessionOptions = {
    device: options.device ?? 'auto',
    threads: options.threads ?? availableParallelism(),
    ...events,
  };
  if (layout.kind === 'diffusion') {
    const { samples, seed, batch, threads, sessions, keep, onChoice } = options;
    return openDiffusion(layout, {
      ...session,
      protocol: protocol as SampledProtocol,
      samples,
      seed,
      pins: {
        ...(batch === undefined ? {} : { batch }),
        ...(threads === undefined ? {} : { threads }),
        ...(sessions === undefined ? {} : { sessions }),
      },
      memoryBytes: options.memoryMb === undefined ? freemem() / 2 : options.memoryMb * 2 ** 20,
      ...(keep ? { keep } : {}),
      ...(onChoice ? { onChoice } : {}),
    });
  }
  const batch = options.batch ?? DEFAULT_BATCH;
  return layout.kind === 'dual-encoder'
    ? openDualEncoder(layout, { ...session, batch })
    : openMatchingHead(layout, { ...session, batch });
}
