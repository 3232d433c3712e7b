import { describe, expect, it } from 'vitest';
import { type Files, folderOf, merged } from '../../../test/support/folder.ts';
import { type Op, onnxModel } from '../../../test/support/onnx-writer.ts';
import { SCALING, TINY_DIFFUSION, tinyDiffusion, tinyVae } from '../../../test/support/tiny-checkpoints.ts';
import { inspectCheckpoint } from '../inspect.ts';

const CONFIG = 'vae_encoder/config.json';

/** A step of arithmetic: the operator and its number, or one for each channel; "before" for a number that stands before it. */
type Arithmetic = readonly [op: 'Mul' | 'Add' | 'Sub' | 'Div', number: number | readonly number[], before?: 'before'];

/** The tiny encoder with arithmetic before its first operator, and after its last. */
function encoder(first: readonly Arithmetic[], last: readonly Arithmetic[] = []): Files {
  const spec = tinyVae(TINY_DIFFUSION);
  const weights = [...spec.weights];
  const chain = (steps: readonly Arithmetic[], from: string, to: string): Op[] =>
    steps.map(([op, number, before], i) => {
      const name = `${to}/${i}`;
      const one = typeof number === 'number';
      const dims = one ? (i % 2 === 0 ? [] : [1]) : [1, number.length, 1, 1];
      weights.push({ name: `${name}/number`, dims, data: Float32Array.from(one ? [number] : number) });
      const input = i === 0 ? from : `${to}/${i - 1}`;
      const numbers = [input, `${name}/number`];
      return { op, in: before ? numbers.reverse() : numbers, out: i === steps.length - 1 ? to : name };
    });
  const [image, mean] = spec.ops as [Op, Op];
  const ops = [
    ...chain(first, 'sample', 'prepared'),
    first.length > 0 ? { ...image, in: ['prepared'] } : image,
    last.length > 0 ? { ...mean, out: 'unscaled' } : mean,
    ...chain(last, 'unscaled', mean.out),
  ];
  return { ...tinyDiffusion(), 'vae_encoder/model.onnx': onnxModel({ ...spec, weights, ops }) };
}

async function said(files: Files): Promise<string> {
  const inspection = await inspectCheckpoint(await folderOf(files));
  return inspection.ok ? 'accepted' : inspection.reason;
}

describe('an encoder that prepares its pixels in the graph is refused', () => {
  it.each<[string, readonly Arithmetic[]]>([
    [
      '2 x - 1',
      [
        ['Mul', 2],
        ['Sub', 1],
      ],
    ],
    [
      '2 x - 1',
      [
        ['Sub', 0.5],
        ['Div', 0.5],
      ],
    ],
    [
      '2 x - 1',
      [
        ['Sub', [0.5, 0.5, 0.5]],
        ['Div', [0.5, 0.5, 0.5]],
      ],
    ],
    [
      '0.00784314 x - 1',
      [
        ['Div', 127.5],
        ['Add', -1],
      ],
    ],
    ['0.00392157 x', [['Div', 255]]],
  ])('%s', async (shown, steps) => {
    expect(await said(encoder(steps))).toContain(
      `vae_encoder/model.onnx prepares its pixels in the graph (${shown}), where an encoder of pixels from -1 to 1 is expected`,
    );
  });

  it.each<[string, readonly Arithmetic[]]>([
    [
      'AutoencoderTiny, which brings pixels from -1 to 1 to 0 to 1',
      [
        ['Add', 1],
        ['Div', 2],
      ],
    ],
    ['a network that begins with arithmetic of its own', [['Sub', 1, 'before']]],
    [
      'one whose arithmetic is not the same for all channels',
      [
        ['Sub', [0.5, 0.4, 0.5]],
        ['Div', [0.5, 0.5, 0.5]],
      ],
    ],
  ])('but not %s', async (_, steps) => {
    expect(await said(encoder(steps))).toBe('accepted');
  });
});

describe('an encoder that scales its latents in the graph', () => {
  const scaled = encoder([], [['Mul', SCALING]]);

  it('is refused where its configuration says to scale them again', async () => {
    expect(await said(scaled)).toMatch(
      /^vae_encoder\/model.onnx scales its latents in the graph \(0.5 z\), where latents as .* to scale by 0.5 is expected; if that is all of their scaling, write \{"scaling_factor": 1, "shift_factor": null\}/,
    );
    expect(await said(encoder([], [['Mul', Array<number>(2 * TINY_DIFFUSION.channels).fill(SCALING)]]))).toContain(
      'scales its latents in the graph (0.5 z)',
    );
    const shifted = encoder(
      [],
      [
        ['Sub', 0.1],
        ['Mul', 0.5],
      ],
    );
    expect(await said(merged(shifted, CONFIG, { shift_factor: 0.1 }))).toMatch(
      /scales its latents in the graph \(0.5 z - 0.05\), where .* to scale by 0.5 and to shift by 0.1 is expected/,
    );
  });

  it('is served where that is another number than its configuration has, and so the network’s own', async () => {
    expect(await said(encoder([], [['Mul', 4]]))).toBe('accepted');
  });

  it('is served where its configuration says not to', async () => {
    expect(await said(merged(scaled, CONFIG, { scaling_factor: 1, shift_factor: null }))).toBe('accepted');
  });
});
