import { describe, expect, it } from 'vitest';
import { type Files, folderOf, merged, without } from '../../../test/support/folder.ts';
import { onnxModel } from '../../../test/support/onnx-writer.ts';
import { TINY_DIFFUSION, tinyDiffusion, tinyUnet } from '../../../test/support/tiny-checkpoints.ts';
import { inspectCheckpoint } from '../inspect.ts';

const ldm = tinyDiffusion();
const index = (more: object, files: Files = ldm) => merged(files, 'model_index.json', more);
const part = ['diffusers', 'OnnxRuntimeModel'];

async function refusalOf(files: Files): Promise<string> {
  const inspection = await inspectCheckpoint(await folderOf(files));
  return inspection.ok ? 'accepted' : inspection.reason;
}

describe('a pipeline is recognised by its class', () => {
  it.each([
    'StableDiffusionPipeline',
    'OnnxStableDiffusionPipeline',
    'ORTStableDiffusionPipeline',
    'StableDiffusionXLPipeline',
    'LatentConsistencyModelPipeline',
    'StableDiffusionImg2ImgPipeline',
    'StableDiffusionInpaintPipeline',
    null,
  ])('and served: %s', async (_class_name) => {
    expect(await refusalOf(index({ _class_name }))).toBe('accepted');
  });

  it.each([
    ['StableDiffusionControlNetPipeline', /is steered by more than a text/],
    ['ORTStableDiffusionXLControlNetPipeline', /is steered by more than a text/],
    ['StableDiffusionImageVariationPipeline', /draws variations of a picture/],
    ['StableDiffusionInstructPix2PixPipeline', /edits or reads a picture/],
    ['StableDiffusionDepth2ImgPipeline', /depth/],
    ['StableDiffusionUpscalePipeline', /enlarges a small picture/],
    ['StableDiffusionLatentUpscalePipeline', /enlarges a small picture/],
    ['UnCLIPPipeline', /image embeddings/],
    ['KandinskyV22Pipeline', /image embeddings/],
    ['StableCascadeCombinedPipeline', /several stages/],
    ['WuerstchenDecoderPipeline', /several stages/],
    ['IFPipeline', /DeepFloyd IF/],
    ['StableVideoDiffusionPipeline', /draws videos/],
    ['AudioLDM2Pipeline', /makes sound/],
    ['PixArtAlphaPipeline', /a transformer/],
    ['StableDiffusion3Pipeline', /a transformer/],
    ['FluxPipeline', /a transformer/],
    ['DDPMPipeline', /without any text/],
    ['LDMTextToImagePipeline', /the first latent diffusion model/],
    ['AltDiffusionPipeline', /a text encoder of another kind/],
    ['VQDiffusionPipeline', /tokens/],
    ['KolorsPipeline', /a text encoder of another kind/],
    ['Zero123PlusPipeline', /draws from a picture/],
    ['InstaFlowPipeline', /trained by flows/],
    ['WanPipeline', /draws videos/],
    ['MyPipeline', /which GDBench does not know, .* write its class into `_class_name`/],
  ])('and refused as what it is: %s', async (name, what) => {
    const said = await refusalOf(index({ _class_name: name }));
    expect(said).toContain(`model_index.json is of a ${name}`);
    expect(said).toMatch(what);
    expect(said).not.toContain('; model_index');
  });

  it('and by its parts where it names no class', async () => {
    const withPart = (name: string) => index({ _class_name: undefined }, { ...ldm, [`${name}/config.json`]: {} });
    expect(await refusalOf(withPart('transformer'))).toMatch(/^transformer\/ takes the place of a U-Net/);
    expect(await refusalOf(withPart('controlnet'))).toMatch(/^controlnet\/ is a network that steers the U-Net/);
    expect(await refusalOf(withPart('prior'))).toMatch(/^prior\/ makes image embeddings/);
    const variation = index(
      { text_encoder: null, tokenizer: null, image_encoder: part },
      without(ldm, 'text_encoder', 'tokenizer'),
    );
    expect(await refusalOf({ ...variation, 'image_encoder/config.json': {} })).toMatch(
      /^image_encoder\/ is there without a text encoder/,
    );
  });

  it("and an SDXL refiner by the second of SDXL's text encoders alone", async () => {
    const refiner = index(
      {
        text_encoder: [null, null],
        tokenizer: [null, null],
        text_encoder_2: part,
        tokenizer_2: part,
        requires_aesthetics_score: true,
      },
      {
        ...without(ldm, 'text_encoder', 'tokenizer'),
        'text_encoder_2/model.onnx': ldm['text_encoder/model.onnx']!,
        'tokenizer_2/vocab.json': {},
      },
    );
    expect(await refusalOf(refiner)).toMatch(
      /^model_index.json names text_encoder_2 without text_encoder, as an SDXL refiner does/,
    );
  });

  it('and refused for a part that nobody knows', async () => {
    const files = index({ brush: ['mine', 'Brush'] }, { ...ldm, 'brush/model.onnx': 'x' });
    expect(await refusalOf(files)).toMatch(/^model_index.json names a part `brush`, which GDBench does not know/);
  });

  it('with an image encoder that an adapter may use beside the text encoder', async () => {
    const files = index(
      { image_encoder: ['transformers', 'CLIPVisionModelWithProjection'] },
      { ...ldm, 'image_encoder/config.json': {} },
    );
    expect(await refusalOf(files)).toBe('accepted');
  });
});

describe('a U-Net of another task is recognised by its channels', () => {
  const wide = (channels: number): Files =>
    merged({ ...ldm, 'unet/model.onnx': onnxModel(tinyUnet({ ...TINY_DIFFUSION, channels })) }, 'unet/config.json', {
      in_channels: channels,
      out_channels: TINY_DIFFUSION.channels,
    });

  it.each([
    [2 * 2 + 1, /an inpainting model/],
    [2 * 2, /a model that edits pictures/],
  ])('%i for latents of 2', async (channels, what) => {
    expect(await refusalOf(wide(channels))).toMatch(what);
  });

  it.each([
    [9, /takes 9 channels, as an inpainting model/],
    [8, /takes 8 channels, as a model that edits pictures/],
    [7, /takes 7 channels, as a model that enlarges pictures/],
    [5, /takes 5 channels, as a depth-to-image model/],
  ])('%i for latents of 4', async (channels, what) => {
    const four = tinyDiffusion({ ...TINY_DIFFUSION, channels: 4 });
    const files = {
      ...four,
      'unet/model.onnx': onnxModel(tinyUnet({ ...TINY_DIFFUSION, channels })),
      'unet/config.json': { sample_size: TINY_DIFFUSION.side, in_channels: channels, out_channels: 4 },
    };
    expect(await refusalOf(files)).toMatch(what);
  });

  it.each([
    ['UNet2DModel', /is of a UNet2DModel, a network that GDBench cannot score/],
    ['UNetSpatioTemporalConditionModel', /is of a UNetSpatioTemporalConditionModel/],
  ])('and by its class: %s', async (_class_name, what) => {
    expect(await refusalOf(merged(ldm, 'unet/config.json', { _class_name }))).toMatch(what);
  });

  it('and by its class in the model index, where its own file names none', async () => {
    expect(await refusalOf(index({ unet: ['diffusers', 'UNetFlatConditionModel'] }))).toMatch(
      /^model_index.json is of a UNetFlatConditionModel, a network that GDBench cannot score/,
    );
  });

  it('and by being told of no text', async () => {
    const spec = tinyUnet(TINY_DIFFUSION);
    const files = {
      ...ldm,
      'unet/model.onnx': onnxModel({
        ...spec,
        inputs: spec.inputs.filter(({ name }) => name !== 'encoder_hidden_states'),
        ops: spec.ops.map((op) => (op.in[0] === 'encoder_hidden_states' ? { ...op, in: ['sample'] } : op)),
      }),
    };
    expect(await refusalOf(files)).toMatch(
      /^unet\/model.onnx is told of no text: it has no input `encoder_hidden_states`/,
    );
  });
});
