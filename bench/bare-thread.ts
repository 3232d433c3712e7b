import { parentPort, workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';

/*
 * ONNX Runtime called in a bare loop: one session, one batch of tensors that are there already, nothing done with the output.
 */

export interface BareStart {
  readonly file: string;
  readonly threads: number;
}

/** Rows of each input, flattened, as the engine feeds them; a timestep for all. */
export interface BareBatch {
  readonly rows: number;
  readonly latent: readonly number[];
  readonly hidden: readonly number[];
  readonly mixed: Float32Array;
  readonly states: Float32Array;
  readonly timestep: number;
}

const { file, threads } = workerData as BareStart;
const session = await ort.InferenceSession.create(file, {
  executionProviders: ['cpu'],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});
const [sample, timestep, states] = ['sample', 'timestep', 'encoder_hidden_states'].map((name) => {
  const found = session.inputMetadata.find((input) => input.name === name);
  if (!found?.isTensor) throw new Error(`the graph has no input ${name}`);
  return found;
});

function feedsOf({ rows, latent, hidden, mixed, states: texts, timestep: t }: BareBatch) {
  const dims = timestep!.isTensor ? timestep!.shape.map((dim) => (typeof dim === 'number' ? dim : rows)) : [];
  const count = dims.reduce((all, dim) => all * dim, 1);
  const whole = timestep!.isTensor && timestep!.type === 'int64';
  return {
    [sample!.name]: new ort.Tensor('float32', mixed, [rows, ...latent]),
    [timestep!.name]: whole
      ? new ort.Tensor('int64', new BigInt64Array(count).fill(BigInt(t)), dims)
      : new ort.Tensor('float32', new Float32Array(count).fill(t), dims),
    [states!.name]: new ort.Tensor('float32', texts, [rows, ...hidden]),
  };
}

parentPort!.on('message', async (message: { batch: BareBatch; ms: number } | 'close') => {
  if (message === 'close') {
    await session.release();
    parentPort!.close();
    return;
  }
  const { batch, ms } = message;
  const feeds = feedsOf(batch);
  const [output] = session.outputNames;
  await session.run(feeds, [output!]);
  const start = performance.now();
  let runs = 0;
  while (runs < 2 || performance.now() - start < ms) {
    await session.run(feeds, [output!]);
    runs += 1;
  }
  parentPort!.postMessage((1000 * runs * batch.rows) / (performance.now() - start));
});
parentPort!.postMessage('ready');
