import { PROTOCOLS_OF } from '@gdbench/benchmark/protocol';
import { z } from 'zod';
import { latentElements } from '../../engine/protocols/reduce.ts';

const KINDS = { diffusion: 'DIFFUSION', 'dual-encoder': 'DUAL_ENCODER', 'matching-head': 'MATCHING_HEAD' } as const;

const Line = z.string().max(2_000);

/** What the worker itself needs of the engine's report, which has been through a child process. */
export const InspectionReport = z
  .looseObject({
    kind: z.enum(['diffusion', 'dual-encoder', 'matching-head']),
    parameters: z.int().nonnegative(),
    protocol: z.string().min(1).max(100),
    checks: z.array(Line),
    warnings: z.array(Line),
    inputSize: z.object({ width: z.int().positive(), height: z.int().positive() }),
    predictionType: Line.nullable(),
  })
  .transform((report) => ({
    kind: KINDS[report.kind],
    /** Those that fit its kind. */
    protocols: PROTOCOLS_OF[report.kind] as readonly string[],
    parameters: report.parameters,
    protocol: report.protocol,
    checks: report.checks,
    warnings: report.warnings,
    stored: {
      // what the page shows
      inputSize: report.inputSize.width === report.inputSize.height ? report.inputSize.width : null,
      predictionType: report.predictionType,
      checks: report.checks,
      // what goes back to the engine
      engine: report as Record<string, unknown>,
    },
  }));
export type InspectionReport = z.infer<typeof InspectionReport>;

const Side = z.int().positive();
/** Of a diffusion model. */
const Latent = z.object({ latent: z.tuple([Side, Side, Side]) });

/** Numbers in a latent of a diffusion model, from the engine's report. */
export function storedLatentElements(engine: unknown): number {
  return latentElements(Latent.parse(engine));
}

/** The engine's report out of what `accept` stored. */
export function engineReport(stored: unknown): unknown {
  return z.object({ engine: z.unknown() }).parse(stored).engine;
}
