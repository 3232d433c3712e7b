import { z } from 'zod';
import { PROTOCOLS } from './protocol.ts';

const Count = z.int().nonnegative();
const Side = z.int().positive();
/** A sentence, or a name. */
const Line = z.string().max(2_000);
const Lines = z.array(Line).max(1_000).readonly();

/**
 * What inspection found in a checkpoint that can be scored; plain data. The engine makes it, it passes from the process that read
 * the files to the worker, is stored with the checkpoint, and is read again by whoever scores or shows it.
 */
export const InspectionReport = z
  .object({
    kind: z.enum(['diffusion', 'dual-encoder', 'matching-head']),
    /** Weights in the graphs that scoring runs. */
    parameters: Count,
    /** Pixels that an image is brought to. */
    inputSize: z.object({ width: Side, height: Side }).readonly(),
    /** Tokens of every text, its padding included. */
    tokenLength: Count,
    /** How the checkpoint is scored unless asked otherwise. */
    protocol: z.enum(PROTOCOLS),
    /** What a diffusion model predicts; null for the others. */
    predictionType: Line.nullable(),
    /** [channels, height, width] of a diffusion model's latent; null for the others. */
    latent: z.tuple([Side, Side, Side]).readonly().nullable(),
    files: Count,
    bytes: Count,
    /** What was checked and found right, in the order it was checked. */
    checks: Lines,
    warnings: Lines,
    /** Identity of the checkpoint (checkpointSha256 of its files). */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Where in the folder that was given the checkpoint lies; '' where it is that folder itself. */
    inside: Line.default(''),
  })
  .readonly();
export type InspectionReport = z.infer<typeof InspectionReport>;

/** The word for a report's kind in the database and in the API. */
export const CHECKPOINT_KINDS = {
  diffusion: 'DIFFUSION',
  'dual-encoder': 'DUAL_ENCODER',
  'matching-head': 'MATCHING_HEAD',
} as const satisfies Record<InspectionReport['kind'], string>;
export type CheckpointKind = (typeof CHECKPOINT_KINDS)[InspectionReport['kind']];
