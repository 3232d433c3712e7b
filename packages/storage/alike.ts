// Safe to ship to a browser.

/** What is to be said of a file. */
export interface Said {
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

/** Faults that differ by nothing but their file, together; in the order of their first. */
export function alike<F extends Said>(faults: readonly F[]): [F, ...F[]][] {
  const groups = new Map<string, [F, ...F[]]>();
  for (const fault of faults) {
    const key = JSON.stringify([fault.found, fault.expected, fault.remedy]);
    const group = groups.get(key);
    if (group) group.push(fault);
    else groups.set(key, [fault]);
  }
  return [...groups.values()];
}
