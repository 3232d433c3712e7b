import { existsSync } from 'node:fs';

/** What of ONNX Runtime runs a graph. */
export const PROVIDERS = ['cuda', 'tensorrt', 'webgpu', 'cpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Where a model can run; `auto` is the first provider that works here. The CPU takes the place of a device that is not there. */
export const DEVICES = ['auto', ...PROVIDERS] as const;
export type Device = (typeof DEVICES)[number];

/** y = x + x, an ONNX model of one number. */
export const DOUBLING_GRAPH =
  'CAgSBHRlc3Q6OAoOCgF4CgF4EgF5IgNBZGQSBHRlc3RaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAN';

/** What was found out about a provider in this thread: why it does not work, or null. */
type Tried = Map<Provider, Promise<string | null>>;
const here: Tried = new Map();

/**
 * The provider to use for a device. `auto` takes the first of those that the runtime lists and that work: CUDA before TensorRT,
 * which builds an engine for every batch size it meets, then WebGPU, then the CPU. That none but the CPU works is normal and only
 * logged; a device that was asked for by name and does not work is a warning.
 *
 * @param listed providers that this build of the runtime knows.
 * @param tryOut runs something on a provider, and throws when it does not work here.
 * @param tried what is known; default: of this thread.
 */
export async function usableProvider(
  device: Device,
  listed: readonly string[],
  tryOut: (provider: Provider) => Promise<void>,
  { warn, log }: { warn: (sentence: string) => void; log?: (line: string) => void },
  tried: Tried = here,
): Promise<Provider> {
  if (device === 'cpu') return 'cpu';
  for (const provider of device === 'auto' ? PROVIDERS : [device]) {
    if (provider === 'cpu') continue;
    if (device === 'auto' && provider === 'webgpu' && !mayHaveGpu()) continue;
    const why = listed.includes(provider)
      ? await faultOf(provider, tryOut, tried)
      : 'this build of ONNX Runtime lacks it';
    if (why === null) return provider;
    if (device === 'auto') log?.(`The device ${provider} is not used: ${why}.`);
    else warn(`The device ${provider} cannot be used (${why}); the CPU takes its place.`);
  }
  return 'cpu';
}

/** Where Linux shows no device, WebGPU has none, and would complain on its own about the libraries that it lacks. */
function mayHaveGpu(): boolean {
  if (process.platform !== 'linux' || process.env.VK_ICD_FILENAMES) return true;
  return ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some((path) => existsSync(path));
}

function faultOf(
  provider: Provider,
  tryOut: (provider: Provider) => Promise<void>,
  tried: Tried,
): Promise<string | null> {
  const known = tried.get(provider);
  if (known) return known;
  const fault = tryOut(provider).then(
    () => null,
    (error) => sentenceOf(error),
  );
  tried.set(provider, fault);
  return fault;
}

function sentenceOf(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
  return (line.length > 240 ? `${line.slice(0, 240)}...` : line).replace(/\.$/, '');
}
