interface Fault {
  readonly file: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

/** Faults of which the same is to be said, with all their files, in the order of their first. */
export function grouped<F extends Fault>(faults: readonly F[]): (F & { readonly files: readonly string[] })[] {
  const groups = new Map<string, F & { files: string[] }>();
  for (const fault of faults) {
    const key = JSON.stringify([fault.expected, fault.found, fault.remedy]);
    const group = groups.get(key);
    if (group) group.files.push(fault.file);
    else groups.set(key, { ...fault, files: [fault.file] });
  }
  return [...groups.values()];
}
