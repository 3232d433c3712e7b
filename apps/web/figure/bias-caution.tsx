import { BIAS_CAUTION, BIAS_SPREAD } from '@gdbench/benchmark/tasks';

/** Stands next to every bias figure. */
export function BiasCaution() {
  return (
    <p className="caution">
      <b>Bias, read with care.</b> {BIAS_CAUTION} {BIAS_SPREAD}
    </p>
  );
}
