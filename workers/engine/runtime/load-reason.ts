/** Why ONNX Runtime does not load a graph, as far as it is known what its words mean. */
export type LoadReason =
  /** An operator has no code for the device, or none for the types that the graph has. */
  | { readonly kind: 'no-kernel'; readonly operator: string }
  /** Nothing knows the operator. */
  | { readonly kind: 'no-operator'; readonly operator: string }
  | { readonly kind: 'other' };

const NO_KERNEL = /could not find an implementation for (\w+)/i;
const NO_OPERATOR =
  /(?:fatal error: |error )?(?:([\w.-]+):)?(\w+)\(-?\d+\) is not a registered function\/op|no op registered for (\w+)/i;

/** The runtime throws plain errors without a code, whose kind is told by their words alone: that is done here, and nowhere else. */
export function loadReason(said: string): LoadReason {
  const kernel = NO_KERNEL.exec(said)?.[1];
  if (kernel !== undefined) return { kind: 'no-kernel', operator: kernel };
  const unknown = NO_OPERATOR.exec(said);
  return unknown ? { kind: 'no-operator', operator: unknown[2] ?? unknown[3] ?? '' } : { kind: 'other' };
}
