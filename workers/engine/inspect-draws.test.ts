import { describe, expect, it } from 'vitest';
import { type Files, folderOf, writeFiles } from '../../test/support/folder.ts';
import { type GraphSpec, type Op, onnxModel, type Weights } from '../../test/support/onnx-writer.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { TINY_DIFFUSION, tinyDiffusion, tinyText, tinyUnet } from '../../test/support/tiny-checkpoints.ts';
import { TINY_CLIP, tinyClip, tinyTowers } from '../../test/support/tiny-clip.ts';
import { inspectCheckpoint } from './inspect.ts';
import { openScorer } from './scorers/open-scorer.ts';

const ldm = tinyDiffusion();
const clip = tinyClip();

/** A U-Net with a node more, whose output takes the place of `x`. */
const between = (op: Partial<Op>, weights: readonly Weights[] = []): GraphSpec => {
  const spec = tinyUnet(TINY_DIFFUSION);
  const [first, ...rest] = spec.ops;
  const node: Op = { op: '', in: ['given'], out: 'x', ...op };
  return { ...spec, weights: [...spec.weights, ...weights], ops: [{ ...first!, out: 'given' }, node, ...rest] };
};
const dropout = (training: 0 | 1): GraphSpec =>
  between({ op: 'Dropout', in: ['given', '', 'training'] }, [
    { name: 'training', dims: [], data: Uint8Array.of(training) },
  ]);
/** Noise of a size that no score shows, added to a graph's first output. */
const noisy = (spec: GraphSpec, op: string): Uint8Array => {
  const [output] = spec.outputs;
  const ops: Op[] = [
    ...spec.ops.map((one) => (one.out === output!.name ? { ...one, out: 'quiet' } : one)),
    { op, in: ['quiet'], out: 'noise' },
    { op: 'Max', in: ['quiet', 'noise'], out: output!.name },
  ];
  return onnxModel({ ...spec, ops });
};
const draws = (file: string, node: string) =>
  new RegExp(
    `^${file} draws random numbers \\(node ${node}\\), so that its scores would differ from run to run, .*; export it in evaluation mode`,
  );

const refusals: [title: string, files: Files, file: string, reason: RegExp][] = [
  ...['RandomNormalLike', 'RandomUniformLike', 'Bernoulli'].map((op): [string, Files, string, RegExp] => [
    `a U-Net with ${op}`,
    { ...ldm, 'unet/model.onnx': noisy(tinyUnet(TINY_DIFFUSION), op) },
    'unet/model.onnx',
    draws('unet/model.onnx', op),
  ]),
  [
    'a text encoder that draws',
    { ...ldm, 'text_encoder/model.onnx': noisy(tinyText(TINY_DIFFUSION), 'RandomNormalLike') },
    'text_encoder/model.onnx',
    draws('text_encoder/model.onnx', 'RandomNormalLike'),
  ],
  [
    'a dual encoder that draws',
    { ...clip, 'vision_model.onnx': noisy(tinyTowers(TINY_CLIP).image, 'RandomUniformLike') },
    'vision_model.onnx',
    draws('vision_model.onnx', 'RandomUniformLike'),
  ],
  [
    'a U-Net in training mode',
    { ...ldm, 'unet/model.onnx': onnxModel(dropout(1)) },
    'unet/model.onnx',
    draws('unet/model.onnx', 'Dropout'),
  ],
];

describe('a checkpoint is refused for', () => {
  it.each(refusals)('%s', async (_, files, file, reason) => {
    expectRefusal(await inspectCheckpoint(await folderOf(files)), file, reason);
  });
});

describe('a checkpoint is accepted', () => {
  it('with dropout that is turned off', async () => {
    const files = { ...ldm, 'unet/model.onnx': onnxModel(dropout(0)) };
    expect(await inspectCheckpoint(await folderOf(files))).toMatchObject({ ok: true });
  });

  it('but is not scored where a graph has come to draw since', async () => {
    const dir = await folderOf(ldm);
    const inspection = await inspectCheckpoint(dir);
    if (!inspection.ok) throw new Error(inspection.reason);
    await writeFiles(dir, { 'unet/model.onnx': noisy(tinyUnet(TINY_DIFFUSION), 'RandomNormalLike') });
    const options = { dir, report: inspection.report, samples: 2, seed: 0 };
    await expect(openScorer(options, { warn: () => {} })).rejects.toThrow(/^unet\/model.onnx draws random numbers/);
  });
});
