import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { PROTOCOLS_OF } from '@gdbench/benchmark/protocol';
import { asSentence } from '@gdbench/storage/remedy';
import type { CheckpointFault } from './rows.ts';

type Kind = InspectionReport['kind'];

/** Why an evaluation is refused whose checkpoint is fit: two sentences for the submitter, and the fault. */
export interface Misfit {
  readonly reason: string;
  readonly remedy: string;
  readonly faults: readonly CheckpointFault[];
}

/** A good checkpoint is refused all the same when the protocol that was asked for does not fit it; null: it fits. */
export function protocolMisfit(kind: Kind, asked: string): Misfit | null {
  const protocols: readonly string[] = PROTOCOLS_OF[kind];
  if (protocols.includes(asked)) return null;
  const words = kind.replace('-', ' ');
  const found = `is a ${words} checkpoint, which the protocol ${asked} does not fit`;
  const expected = `the protocol ${protocols.join(' or ')}`;
  const remedy = `submit it again without a protocol, or with ${protocols.join(' or ')}`;
  const reason = `The protocol ${asked} does not fit a ${words} checkpoint`;
  const remedyParts = [{ words: remedy }];
  const message = `${reason}; ${remedy}.`;
  const fault = { file: '', message, found, expected, remedy, remedyParts, namesPlaceholder: false };
  return { reason: `${reason}.`, remedy: asSentence(remedy), faults: [fault] };
}
