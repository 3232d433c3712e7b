/** Why ONNX Runtime does not load a graph, as far as it is known what its words mean. */
export type LoadReason =
  /** The graph holds what was compiled for one device. */
  | { readonly kind: 'compiled' }
  /** An operator has no code for the device, or none for the types that the graph has. */
  | { readonly kind: 'no-kernel'; readonly operator: string }
  /** Nothing knows the operator. */
  | { readonly kind: 'no-operator'; readonly operator: string }
  | { readonly kind: 'other' };

const COMPILED = /EPContext/;
const NO_KERNEL = /could not find an implementation for (\w+)/i;
const NO_OPERATOR =
  /(?:fatal error: |error )?(?:([\w.-]+):)?(\w+)\(-?\d+\) is not a registered function\/op|no op registered for (\w+)/i;

/** The runtime has no codes for these, so that they are told by its words: here, and nowhere else. */
export function loadReason(said: string): LoadReason {
  if (COMPILED.test(said)) return { kind: 'compiled' };
  const kernel = NO_KERNEL.exec(said)?.[1];
  if (kernel !== undefined) return { kind: 'no-kernel', operator: kernel };
  const unknown = NO_OPERATOR.exec(said);
  return unknown ? { kind: 'no-operator', operator: unknown[2] ?? unknown[3] ?? '' } : { kind: 'other' };
}
