import { printable } from '@gdbench/storage/printable';
import { remedy } from '@gdbench/storage/remedy';
import { z } from 'zod';
import { CheckpointFault, type FaultParts } from './fault.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';
import { exportAgain, INDEX, type ModelIndex } from './model-index.ts';
import { type OnnxFile, type Port, readOnnx } from './onnx.ts';
import { matchInputs, pickOutput } from './ports.ts';
import { otherInput, TIME_IDS, UNET_OUTPUTS, UNET_ROLES } from './unet-inputs.ts';

/** A U-Net as its configuration and its graph describe it; null where neither says. */
export interface UNetFile {
  readonly file: string;
  /** Of its input and output: as the configuration says, and as the graph insists or its first convolution has it. */
  readonly channels: { readonly stated: number | null; readonly fixed: number | null };
  readonly outChannels: { readonly stated: number | null; readonly fixed: number | null };
  /** Side of the square latent: as the configuration says, as the graph insists, and as its output had it when it was exported. */
  readonly size: { readonly stated: number | null; readonly fixed: number | null; readonly traced: number | null };
  /** Release of diffusers that wrote the configuration. */
  readonly version: string | null;
  /** Numbers in the embedding of a guidance scale, where the configuration says. */
  readonly guidanceWidth: number | null;
  readonly hasConfig: boolean;
}

const CONFIG = 'unet/config.json';
const side = z.number().int().min(1).max(4096);
const count = z.number().int().min(1).max(8192);
const unetConfig = z.looseObject({
  _class_name: z.string().nullish(),
  _diffusers_version: z.string().nullish().catch(null),
  sample_size: z.union([side, z.tuple([side, side])], 'a whole number from 1 to 4096 is expected').nullish(),
  in_channels: count.nullish(),
  out_channels: count.nullish(),
  time_cond_proj_dim: count.nullish(),
});

const KNOWN = /^(UNet2DConditionModel|FlaxUNet2DConditionModel|OnnxRuntimeModel|ORT\w*|OV\w*)$/;

/**
 * The configuration and the class of the U-Net, which is the file's own, else the one that the model index names.
 *
 * @throws CheckpointFault
 */
export async function readUNetConfig(folder: Folder, index: ModelIndex): Promise<z.output<typeof unetConfig> | null> {
  const config = folder.files.has(CONFIG) ? await readJson(folder, CONFIG, unetConfig) : null;
  const own = config?._class_name || null;
  const name = own ?? (index.parts.get('unet') || null);
  if (name !== null && !KNOWN.test(name)) {
    throw fault({
      file: own === null ? INDEX : CONFIG,
      found: `is of a ${printable(name, 80)}, a network that GDBench cannot score`,
      expected: 'a UNet2DConditionModel',
      remedy: 'give a text-to-image model with one',
      gravity: 'kind',
    });
  }
  const size = config?.sample_size;
  if (typeof size === 'object' && size !== null && size[0] !== size[1]) {
    throw fault({
      file: CONFIG,
      found: `has a sample_size of ${size[0]} by ${size[1]}`,
      expected: 'that of square images',
      remedy: 'give a model of squares',
      gravity: 'setting',
    });
  }
  return config;
}

/**
 * Reads what the U-Net's graph takes. Inputs that it cannot be fed are refused by name.
 *
 * @throws CheckpointFault
 */
export async function readUNetGraph(folder: Folder, file: string, index: ModelIndex): Promise<OnnxFile> {
  const graph = await readOnnx(folder, file);
  const strange = graph.inputs.filter(({ name }) => !Object.hasOwn(UNET_ROLES, name));
  if (strange.length > 0) throw cannotFeed(file, strange);
  if (!graph.inputs.some(({ name }) => name === 'encoder_hidden_states')) throw withoutText(graph);
  const ids = graph.inputs.find(({ name }) => name === 'time_ids')?.shape[1];
  if (typeof ids === 'number' && ids !== TIME_IDS) throw otherTimeIds(file, ids);
  for (const port of [graph.inputs.find(({ name }) => name === 'sample'), outputOf(graph)]) {
    const [, , height, width] = port?.shape ?? [];
    if (typeof height === 'number' && typeof width === 'number' && height !== width)
      throw notSquare(file, port!, height, width, index);
  }
  matchInputs(graph, UNET_ROLES);
  pickOutput(graph, UNET_OUTPUTS, true);
  return graph;
}

/** Both together. */
export function unetOf(config: z.output<typeof unetConfig> | null, graph: OnnxFile): UNetFile {
  const sample = graph.inputs.find(({ name }) => name === 'sample');
  const output = outputOf(graph);
  const stated = typeof config?.sample_size === 'object' ? config.sample_size?.[0] : config?.sample_size;
  return {
    file: graph.file,
    channels: {
      stated: config?.in_channels ?? null,
      fixed: fixed(sample, 1) ?? graph.convolutions.channels.get('sample') ?? null,
    },
    outChannels: { stated: config?.out_channels ?? null, fixed: fixed(output, 1) },
    size: { stated: stated ?? null, fixed: sideOf(sample), traced: sideOf(output) },
    version: config?._diffusers_version ?? null,
    guidanceWidth:
      fixed(
        graph.inputs.find(({ name }) => name === 'timestep_cond'),
        1,
      ) ??
      config?.time_cond_proj_dim ??
      null,
    hasConfig: config !== null,
  };
}

export function outputOf({ outputs }: OnnxFile): Port | undefined {
  return outputs.find(({ name }) => UNET_OUTPUTS.includes(name)) ?? (outputs.length === 1 ? outputs[0] : undefined);
}

/** The side of a square that a graph fixes. */
export function sideOf(port: Port | undefined): number | null {
  return fixed(port, 2) ?? fixed(port, 3);
}

/** The size of a dimension that a graph fixes. */
export function fixed(port: Port | undefined, axis: number): number | null {
  const size = port?.shape[axis];
  return typeof size === 'number' ? size : null;
}

function fault(parts: FaultParts): CheckpointFault {
  return new CheckpointFault(parts);
}

function cannotFeed(file: string, ports: readonly Port[]): CheckpointFault {
  const fed = Object.keys(UNET_ROLES).map((name) => `\`${name}\``);
  const inputs = `${fed.slice(0, -1).join(', ')} and ${fed.at(-1)}`;
  const known = ports.filter(({ name }) => otherInput(name) !== null);
  const some = (known.length > 0 ? known : ports).map(({ name }) => ({ shown: `\`${printable(name, 80)}\``, name }));
  const { shown, name } = some[0]!;
  const more = some.length > 1 ? ` and ${some.length - 1} more` : '';
  if (known.length === 0) {
    return fault({
      file,
      found: `has the input ${shown}${more}, which GDBench does not know`,
      expected: `a U-Net whose inputs are among ${inputs}`,
      remedy: 'export it with these inputs, under these names',
      gravity: 'file',
    });
  }
  return fault({
    file,
    found: `has the input ${shown}${more}: ${otherInput(name)}`,
    expected: `a U-Net that is told of a text alone (its inputs are among ${inputs})`,
    remedy: 'give a text-to-image model',
    gravity: 'kind',
  });
}

function withoutText({ file, inputs }: OnnxFile): CheckpointFault {
  const has = inputs.map(({ name }) => `\`${printable(name, 80)}\``).join(', ') || 'none';
  return fault({
    file,
    found: `is told of no text: it has no input \`encoder_hidden_states\` (it has ${has})`,
    expected: 'a U-Net that follows a text',
    remedy: 'give a text-to-image model',
    gravity: 'kind',
  });
}

function otherTimeIds(file: string, found: number): CheckpointFault {
  const refiner = found === 5 ? ', as an SDXL refiner does (one is an aesthetic score)' : '';
  return fault({
    file,
    found: `takes ${found} \`time_ids\`${refiner}`,
    expected: `${TIME_IDS} (sizes and crop, as an SDXL base model)`,
    remedy: 'give the SDXL base model',
    gravity: 'kind',
  });
}

function notSquare(file: string, { name }: Port, height: number, width: number, index: ModelIndex): CheckpointFault {
  return fault({
    file,
    found: `is fixed to a \`${name}\` of ${height} by ${width}`,
    expected: 'a square',
    remedy: remedy`export it as one: ${exportAgain(index, ' --height 512 --width 512')}`,
    gravity: 'setting',
  });
}
