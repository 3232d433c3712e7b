import { parentPort, workerData } from 'node:worker_threads';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { openModel } from '../runtime/session.ts';
import type { FromLane, LaneStart, ToLane } from './lane.ts';
import { UNetGraph } from './unet-graph.ts';

/*
 * A thread with a session of its own: ONNX Runtime's `run` holds the thread that calls it until the graph is done. It does one
 * thing after the other, in the order of the messages.
 */

const { source, file, plan, device, threads } = workerData as LaneStart;
const say = (message: FromLane) => parentPort!.postMessage(message);

const opened = openModel(source, file, {
  device,
  threads,
  warn: (warning) => say({ warning }),
  log: (line) => say({ line }),
  onRun: (_, rows) => say({ fed: rows }),
});
opened.catch(() => {});
const graph = opened.then((model) => new UNetGraph(model, plan, (evidence) => say({ evidence })));
graph.catch(() => {});

let last: Promise<void> = graph
  .then(() => say({ id: 0, errors: new Float32Array(0) }))
  .catch((error) => fail(0, error));

parentPort!.on('message', (message: ToLane) => {
  last = last.then(async () => {
    if ('close' in message) {
      await opened.then((model) => model.close()).catch(() => {});
      parentPort!.close();
      return;
    }
    try {
      say({ id: message.id, errors: await (await graph).errors(message.rows) });
    } catch (error) {
      fail(message.id, error);
    }
  });
});

function fail(id: number, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  say({ id, message, faults: error instanceof CheckpointFault ? error.faults : null });
}
