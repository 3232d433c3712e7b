import { command, remedy } from '@gdbench/storage/remedy';
import type { Affine } from './affine.ts';
import { type Encoder, encoderOutput } from './autoencoder.ts';
import { type Fault, faultOf } from './fault.ts';

/** Pixels from 0 to 1, and from 0 to 255, brought to what encoders take, -1 to 1; and from 0 to 255 to 0 to 1. */
const PREPARATIONS: readonly Affine[] = [
  { factor: 2, offset: -1 },
  { factor: 1 / 127.5, offset: -1 },
  { factor: 1 / 255, offset: 0 },
];
const NEAR = 1e-4;
const EXPORT = remedy`export the encoder alone: ${command`optimum-cli export onnx --model MODEL OUT/`}`;

/**
 * Exports that prepare pixels or scale latents in the graph itself: both are done before and after it, and must not be done twice.
 * Any other arithmetic is the network's own.
 */
export function rangeFaults({ config, graph }: Encoder): Fault[] {
  const { file, affines } = graph;
  const faults: Fault[] = [];
  const first = affines.inputs.get(graph.inputs[0]?.name ?? '');
  if (first && PREPARATIONS.some((known) => isSame(first, known)))
    faults.push(
      faultOf({
        file,
        found: `prepares its pixels in the graph (${shown('x', first)})`,
        expected: 'an encoder of pixels from -1 to 1',
        remedy: EXPORT,
        gravity: 'setting',
      }),
    );
  const last = affines.outputs.get(encoderOutput(graph)?.name ?? '');
  const { scalingFactor, shiftFactor } = config;
  if (!last || !isSame(last, { factor: scalingFactor, offset: -shiftFactor * scalingFactor })) return faults;
  const shift = shiftFactor === 0 ? '' : ` and to shift by ${shiftFactor}`;
  faults.push(
    faultOf({
      file,
      found: `scales its latents in the graph (${shown('z', last)})`,
      expected: `latents as the autoencoder makes them, which its configuration says to scale by ${scalingFactor}${shift}`,
      remedy: remedy`if that is all of their scaling, write {"scaling_factor": 1, "shift_factor": null} into vae_encoder/config.json; else ${EXPORT}`,
      gravity: 'setting',
    }),
  );
  return faults;
}

const isSame = (a: Affine, b: Affine): boolean => isNear(a.factor, b.factor) && isNear(a.offset, b.offset);
const isNear = (a: number, b: number): boolean => Math.abs(a - b) < NEAR;

/** "2 x - 1" */
function shown(of: string, { factor, offset }: Affine): string {
  const number = (value: number) => Number(value.toPrecision(6));
  const product = factor === 1 ? of : `${number(factor)} ${of}`;
  return offset === 0 ? product : `${product} ${offset < 0 ? '-' : '+'} ${number(Math.abs(offset))}`;
}
