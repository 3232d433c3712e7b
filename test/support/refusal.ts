import { tmpdir } from 'node:os';
import type { Inspection } from '@gdbench/workers/engine/inspect';
import { expect } from 'vitest';

/** A refusal names its file in one sentence, and tells nothing of this machine. */
export function expectRefusal(inspection: Inspection, file: string, reason: RegExp): void {
  expect(inspection).toMatchObject({ ok: false, file });
  const said = inspection.ok ? '' : inspection.reason;
  expect(said).toMatch(reason);
  expect(said).not.toContain(tmpdir());
  expect(said).toMatch(/^\S[^\n]*[.)]$/);
}
