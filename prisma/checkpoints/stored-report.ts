import { InspectionReport } from '@gdbench/benchmark/inspection-report';

/** What was stored of an inspection; null where none was, and where it is of a form that is no longer known. */
export function storedReport(stored: unknown): InspectionReport | null {
  return InspectionReport.safeParse(stored).data ?? null;
}
