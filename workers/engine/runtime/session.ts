import { command, remedy } from '@gdbench/storage/remedy';
import * as ort from 'onnxruntime-node';
import { CheckpointFault } from '../checkpoint/fault.ts';
import type { Port } from '../checkpoint/onnx.ts';
import { type Device, DOUBLING_GRAPH, type Provider, usableProvider } from './device.ts';
import { type Placed, withFallback } from './fallback.ts';
import { fromHalves, halvesOf } from './float16.ts';
import { loadFault } from './load-fault.ts';
import { runtimeMessage } from './runtime-message.ts';

/** A device that is not there is told in a sentence of ours. */
ort.env.logLevel = 'fatal';

export type { Port } from '../checkpoint/onnx.ts';
export type { Device } from './device.ts';

export interface SessionOptions {
  readonly device: Device;
  /** Threads of one operator. */
  readonly threads: number;
  /** Told when a device that was asked for is not there, or fails, and the CPU takes its place. */
  readonly warn: (sentence: string) => void;
  /** Told what is normal but good to know. */
  readonly log?: (line: string) => void;
  /** Told of every run: the file, and how many rows its first input held. */
  readonly onRun?: (file: string, rows: number) => void;
}

/** Values on their way into a graph; the port's own type decides what they become. */
export interface Feed {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

export interface Output {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A loaded ONNX file. */
export interface Model {
  /** Path inside the checkpoint, for messages. */
  readonly file: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** What it really runs on. */
  readonly device: Provider;
  /** Runs the graph for one output. @throws CheckpointFault when the graph fails. */
  run(feeds: Readonly<Record<string, Feed>>, output: string): Promise<Output>;
  /** Runs the graph once for several outputs, in the order asked for. @throws CheckpointFault when the graph fails. */
  runMany(feeds: Readonly<Record<string, Feed>>, outputs: readonly string[]): Promise<Output[]>;
  close(): Promise<void>;
}

/**
 * Loads a model from disk. The caller has checked the file and its external data (checkpoint/onnx.ts).
 *
 * @param source absolute path, or the model's bytes.
 * @param file path inside the checkpoint, for messages.
 * @throws CheckpointFault when ONNX Runtime cannot load it.
 */
export async function openModel(source: string | Uint8Array, file: string, options: SessionOptions): Promise<Model> {
  const placed = withFallback(await createSession(source, file, options), async (failed, error) => {
    options.warn(
      `The device ${failed.device} failed while it ran (${runtimeMessage(error, source)}); the CPU takes its place.`,
    );
    const session = await onCpu(source, options.threads);
    await failed.session.release().catch(() => {});
    return session;
  });
  const { inputMetadata, outputMetadata } = placed.current.session;
  const inputs = inputMetadata.map(portOf);
  const outputs = outputMetadata.map(portOf);
  const types = new Map(inputs.map((port) => [port.name, port.type]));
  const runMany: Model['runMany'] = async (feeds, names) => {
    const tensors: Record<string, ort.Tensor> = {};
    for (const [name, feed] of Object.entries(feeds)) tensors[name] = tensorOf(feed, types.get(name) ?? 'float32');
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      results = await placed.run((session) => session.run(tensors, names));
    } catch (error) {
      throw new CheckpointFault({
        file,
        found: `fails when it runs: ${runtimeMessage(error, source)}`,
        expected: 'a graph that runs',
        remedy: remedy`export it again: ${command`optimum-cli export onnx --model MODEL OUT/`}`,
        gravity: 'file',
      });
    }
    options.onRun?.(file, Object.values(feeds)[0]?.dims[0] ?? 1);
    return names.map((name) => {
      const tensor = results[name] as ort.Tensor;
      const data = floatsOf(tensor);
      const dims = [...tensor.dims];
      tensor.dispose();
      return { data, dims };
    });
  };
  return {
    file,
    inputs,
    outputs,
    runMany,
    run: async (feeds, output) => (await runMany(feeds, [output]))[0]!,
    close: () => placed.current.session.release(),
    get device() {
      return placed.current.device;
    },
  };
}

export type OpenModel = (source: string | Uint8Array, file: string) => Promise<Model>;

/** Runs `assemble`; where it fails, the models that it had opened are closed again. */
export async function openAll<T>(options: SessionOptions, assemble: (open: OpenModel) => Promise<T>): Promise<T> {
  const opened: Model[] = [];
  try {
    return await assemble(async (source, file) => {
      const model = await openModel(source, file, options);
      opened.push(model);
      return model;
    });
  } catch (error) {
    for (const model of opened) await model.close();
    throw error;
  }
}

async function createSession(
  source: string | Uint8Array,
  file: string,
  options: SessionOptions,
): Promise<Placed<ort.InferenceSession>> {
  const { threads, warn } = options;
  const device = await usableProvider(options.device, listed(), (provider) => tryOut(provider, threads), options);
  if (device !== 'cpu') {
    try {
      return { session: await create(source, [device, 'cpu'], threads), device };
    } catch (error) {
      warn(`The device ${device} cannot be used (${runtimeMessage(error, source)}); the CPU takes its place.`);
    }
  }
  try {
    return { session: await onCpu(source, threads), device: 'cpu' };
  } catch (error) {
    throw await loadFault(file, runtimeMessage(error, source), source, { asked: options.device, tried: device });
  }
}

const onCpu = (source: string | Uint8Array, threads: number) => create(source, ['cpu'], threads);

function create(
  source: string | Uint8Array,
  executionProviders: readonly string[],
  threads: number,
): Promise<ort.InferenceSession> {
  const how: ort.InferenceSession.SessionOptions = {
    executionProviders,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 4,
    // Threads that wait must not spin: workers, database and server may share the cores.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  return typeof source === 'string'
    ? ort.InferenceSession.create(source, how)
    : ort.InferenceSession.create(source, how);
}

function listed(): string[] {
  return ort.listSupportedBackends().map(({ name }) => name);
}

/** A real run of a graph that adds a number to itself. @throws what the runtime says when the provider does not work here. */
async function tryOut(provider: Provider, threads: number): Promise<void> {
  const session = await create(Buffer.from(DOUBLING_GRAPH, 'base64'), [provider], threads);
  try {
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(21), [1]) });
    if (y?.data[0] !== 42) throw new Error('it computes wrongly');
  } finally {
    await session.release();
  }
}

function portOf(meta: ort.InferenceSession.ValueMetadata): Port {
  if (!meta.isTensor) return { name: meta.name, type: 'no tensor', shape: [] };
  const shape = meta.shape.map((dim) => (typeof dim === 'number' && dim <= 0 ? '' : dim));
  return { name: meta.name, type: meta.type, shape };
}

function tensorOf({ data, dims }: Feed, type: string): ort.Tensor {
  switch (type) {
    case 'float32':
      return new ort.Tensor('float32', data instanceof Float32Array ? data : Float32Array.from(data), dims);
    case 'float16':
      return halfTensor(halvesOf(data), dims);
    case 'float64':
      return new ort.Tensor('float64', Float64Array.from(data), dims);
    case 'int32':
      return new ort.Tensor('int32', data instanceof Int32Array ? data : Int32Array.from(data), dims);
    case 'int64':
      return new ort.Tensor('int64', BigInt64Array.from(Array.from(data, (value) => BigInt(Math.trunc(value)))), dims);
    default:
      throw new Error(`no input of type ${type} can be fed`);
  }
}

/**
 * Where JavaScript has Float16Array (Node 24 and newer), a tensor turns its halves into one, of which the runtime then reads no byte:
 * it is shown the halves as the 16-bit integers that they were given as.
 */
function halfTensor(halves: Uint16Array, dims: readonly number[]): ort.Tensor {
  return Object.defineProperty(new ort.Tensor('float16', halves, dims), 'data', { value: halves });
}

function floatsOf(tensor: ort.Tensor): Float32Array {
  const { data, type } = tensor;
  if (type === 'float32') return data as Float32Array;
  if (type === 'float64') return Float32Array.from(data as Float64Array);
  if (type === 'float16') {
    return data instanceof Uint16Array ? fromHalves(data) : Float32Array.from(data as unknown as Float32Array);
  }
  throw new Error(`an output of type ${type} is no score`);
}
