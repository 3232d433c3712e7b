import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { Protocol } from '@gdbench/benchmark/protocol';

/** What an inspection might find, of a checkpoint that is scored by this protocol. */
export function reportFor(protocol: Protocol, found: Partial<InspectionReport> = {}): InspectionReport {
  const kind = protocol === 'cosine' ? 'dual-encoder' : protocol === 'matching' ? 'matching-head' : 'diffusion';
  return {
    kind,
    parameters: 1_234,
    inputSize: { width: 64, height: 64 },
    tokenLength: 77,
    protocol,
    predictionType: kind === 'diffusion' ? 'epsilon' : null,
    latent: kind === 'diffusion' ? [4, 8, 8] : null,
    files: 2,
    bytes: 300,
    checks: ['Its files are whole.'],
    warnings: [],
    sha256: 'a'.repeat(64),
    inside: '',
    ...found,
  };
}
