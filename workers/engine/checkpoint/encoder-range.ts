import type { Affine } from './affine.ts';
import { type Encoder, encoderOutput } from './autoencoder.ts';
import { type Fault, faultOf } from './fault.ts';

/** What encoders do to pixels from -1 to 1 first: nothing, or, AutoencoderTiny, they bring them to 0 to 1. */
const KNOWN: readonly Affine[] = [
  { factor: 1, offset: 0 },
  { factor: 0.5, offset: 0.5 },
];
const NEAR = 1e-4;
const EXPORT = 'export the encoder alone: `optimum-cli export onnx --model MODEL OUT/`';

/**
 * Exports that prepare pixels or scale latents in the graph itself: both are done before and after it, and must not be done twice.
 */
export function rangeFaults({ config, graph }: Encoder): Fault[] {
  const { file, affines } = graph;
  const faults: Fault[] = [];
  const first = affines.inputs.get(graph.inputs[0]?.name ?? '');
  if (first && !KNOWN.some(({ factor, offset }) => isNear(first.factor, factor) && isNear(first.offset, offset))) {
    const found = `prepares its pixels in the graph (${shown('x', first)})`;
    const expected = 'an encoder of pixels from -1 to 1';
    faults.push(faultOf({ file, found, expected, remedy: EXPORT, gravity: 'setting' }));
  }
  const last = affines.outputs.get(encoderOutput(graph)?.name ?? '');
  const { scalingFactor, shiftFactor } = config;
  if (!last || (scalingFactor === 1 && shiftFactor === 0)) return faults;
  const shift = shiftFactor === 0 ? '' : ` and to shift by ${shiftFactor}`;
  faults.push(
    faultOf({
      file,
      found: `scales its latents in the graph (${shown('z', last)})`,
      expected: `latents as the autoencoder makes them, which its configuration says to scale by ${scalingFactor}${shift}`,
      remedy: `if that is all of their scaling, write {"scaling_factor": 1, "shift_factor": null} into vae_encoder/config.json; else ${EXPORT}`,
      gravity: 'setting',
    }),
  );
  return faults;
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < NEAR;

/** "2 x - 1" */
function shown(of: string, { factor, offset }: Affine): string {
  const number = (value: number) => Number(value.toPrecision(6));
  const product = factor === 1 ? of : `${number(factor)} ${of}`;
  return offset === 0 ? product : `${product} ${offset < 0 ? '-' : '+'} ${number(Math.abs(offset))}`;
}
