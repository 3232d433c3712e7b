import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { checkShape, fixedRows, graphFault, matchInputs, pickOutput } from '../checkpoint/ports.ts';
import { TIME_IDS, UNET_OUTPUTS, UNET_ROLES, type UNetRole } from '../checkpoint/unet-inputs.ts';
import type { Mixture } from '../protocols/errors.ts';
import type { Model, Port } from '../runtime/session.ts';
import type { Conditioning } from './conditioning.ts';
import { GUIDANCE_SCALE, guidanceEmbedding } from './guidance-embedding.ts';
import { type GraphRow, UNetGraph, type UNetPlan } from './unet-graph.ts';

/** An embedding of fewer numbers has no frequencies. */
const NARROWEST_GUIDANCE = 4;

/**
 * Reads from the graph's own inputs and outputs how it is fed.
 *
 * @param text any text's, to check the graph against.
 * @throws CheckpointFault when the graph asks for what it cannot be given.
 */
export async function planUNet(
  layout: DiffusionLayout,
  model: Model,
  text: Conditioning,
  schedule: {
    readonly timesteps: readonly number[];
    readonly mixtures: readonly Mixture[];
    /** Any row of sample k, to try the graph with. */
    readonly probeRow: (k: number) => GraphRow;
  },
): Promise<UNetPlan> {
  const ports = matchInputs<UNetRole>(model, UNET_ROLES);
  checkFit(layout, model, text, ports);
  const sample = ports.get('sample')!;
  const timestep = ports.get('timestep')!;
  const { channels, height, width } = layout.latent;
  const size = channels * height * width;
  const plan: UNetPlan = {
    names: namesOf(model, ports),
    latent: [channels, height, width],
    // Where the variance is learned, it follows the prediction on the channel axis.
    predicted: layout.learnedVariance ? 2 * size : size,
    hidden: text.hidden.dims,
    pooled: ports.has('text_embeds') ? (text.pooled?.length ?? 0) : 0,
    // Original size, top left corner of the crop, target size: the whole square image.
    sizes: [layout.side, layout.side, 0, 0, layout.side, layout.side],
    guidance: ports.has('timestep_cond') ? guidanceEmbedding(GUIDANCE_SCALE, guidanceWidth(model, layout)) : null,
    prediction: layout.scheduler.prediction_type,
    timesteps: schedule.timesteps,
    mixtures: schedule.mixtures,
    insists: insistence(sample, ports.get('encoder_hidden_states')!, timestep),
    timestepRank: timestep.shape.length,
    manySteps: false,
  };
  return { ...plan, manySteps: await takesManySteps(model, plan, { sample, timestep }, schedule.probeRow) };
}

/** @throws CheckpointFault where the graph takes other sizes than the latent and the texts have. */
function checkFit(
  layout: DiffusionLayout,
  model: Model,
  { hidden, pooled }: Conditioning,
  ports: ReadonlyMap<UNetRole, Port>,
): void {
  const { channels, height, width } = layout.latent;
  const encoders = layout.texts.length > 1 ? 'the pair of text encoders' : 'the text encoder';
  checkShape(model, ports.get('sample')!, [null, channels, height, width], 'unet/config.json');
  checkShape(model, ports.get('encoder_hidden_states')!, [null, ...hidden.dims], encoders);
  const embeds = ports.get('text_embeds');
  if (embeds) {
    if (!pooled) throw withoutPooled(model);
    checkShape(model, embeds, [null, pooled.length], 'text_encoder_2/model.onnx');
  }
  const timeIds = ports.get('time_ids');
  if (timeIds) checkShape(model, timeIds, [null, TIME_IDS], 'an SDXL model');
}

function namesOf(model: Model, ports: ReadonlyMap<UNetRole, Port>): UNetPlan['names'] {
  return {
    sample: ports.get('sample')!.name,
    timestep: ports.get('timestep')!.name,
    states: ports.get('encoder_hidden_states')!.name,
    embeds: ports.get('text_embeds')?.name ?? null,
    timeIds: ports.get('time_ids')?.name ?? null,
    guidance: ports.get('timestep_cond')?.name ?? null,
    output: pickOutput(model, UNET_OUTPUTS, true).name,
  };
}

/** @throws CheckpointFault where neither the graph nor its configuration says. */
function guidanceWidth({ file }: Model, { guidanceWidth: width }: DiffusionLayout): number {
  if (width !== null && width >= NARROWEST_GUIDANCE) return width;
  const taken = 'takes `timestep_cond` (the embedding of a guidance scale)';
  throw new CheckpointFault({
    file,
    found: width === null ? `${taken} of a width that it leaves open` : `${taken} of the width ${width}`,
    expected: `a width of at least ${NARROWEST_GUIDANCE}`,
    remedy: 'write the width into unet/config.json as `time_cond_proj_dim`',
    gravity: 'setting',
  });
}

/** Rows that the graph takes, no more and no fewer. */
function insistence(sample: Port, states: Port, timestep: Port): number | null {
  const steps = fixedRows(timestep);
  return fixedRows(sample) ?? fixedRows(states) ?? (steps !== null && steps > 1 ? steps : null);
}

/** How far a row may lie from itself in another batch, as a share of the largest output: rounding, and no other timestep. */
const NEAR = 1e-3;
/** Where half precision rounds on the way, as graphics cards may choose to by the batch. */
const NEAR_IN_HALVES = 5e-3;

/** Whether a batch may hold several timesteps. Where the graph leaves that open, two are tried together, and one alone. */
async function takesManySteps(
  model: Model,
  plan: UNetPlan,
  { sample, timestep }: { readonly sample: Port; readonly timestep: Port },
  probeRow: (k: number) => GraphRow,
): Promise<boolean> {
  if (timestep.shape.length === 0) return false;
  const steps = timestep.shape[0];
  if (typeof steps === 'number') return steps === plan.insists;
  if (plan.insists === 1) return true;
  const last = plan.timesteps.length - 1;
  try {
    const graph = new UNetGraph(model, plan, () => {});
    // Of the rows that a graph insists on, the others repeat the last one.
    const both = await graph.run([probeRow(0), probeRow(last)], true);
    const alone = await graph.run([probeRow(last)], true);
    const size = plan.predicted;
    let [difference, norm] = [0, 0];
    for (let i = 0; i < size; i++) {
      difference = Math.max(difference, Math.abs(both.data[size + i]! - alone.data[i]!));
      norm = Math.max(norm, Math.abs(alone.data[i]!));
    }
    const rounds = sample.type === 'float16' || model.device !== 'cpu';
    return difference <= (rounds ? NEAR_IN_HALVES : NEAR) * norm;
  } catch {
    return false;
  }
}

/** Numbers that a row puts in and takes out, in bytes. */
export function bytesOfRow({ latent, hidden, pooled, predicted }: UNetPlan): number {
  const product = (dims: readonly number[]) => dims.reduce((all, dim) => all * dim, 1);
  return 4 * (product(latent) + product(hidden) + pooled + predicted);
}

/** Rows of the largest batch that planning tried: two, unless the graph insists on a number or cannot have them. */
export function trialRows({ insists, manySteps }: UNetPlan): number {
  return insists ?? (manySteps ? 2 : 1);
}

function withoutPooled(model: Model): CheckpointFault {
  const found = 'takes `text_embeds`, which only a second text encoder gives';
  const remedy = 'copy them in from the model that it is of, or export the whole model';
  return new CheckpointFault([graphFault(model, found, 'text_encoder_2/ and tokenizer_2/', remedy)]);
}
