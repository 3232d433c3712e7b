/**
 * The `count` numbers, ascending, of frames that were taken at one distance, of which some (ascending, different) are there. Where
 * these leave open which is missing, null stands at the end in its place: 0, 7, 21 of four is 0, 7, 14, 21; of 7, 14, 21 it may
 * be 0 or 28. Numbers below `count` are those of a set named 0 to `count` - 1. Frames that are at no one distance tell nothing of those that are missing.
 */
export function frameNumbers(present: readonly number[], count: number): (number | null)[] {
  const missing = count - present.length;
  if (missing === 0) return [...present];
  // as most sets are named; so is one of which nothing is there yet
  if (present.every((number) => number < count)) return Array.from({ length: count }, (_, i) => i);
  const unknown = [...present, ...Array.from({ length: missing }, () => null)];
  const gaps = present.slice(1).map((number, i) => number - present[i]!);
  const distance = Math.min(...gaps);
  // of fewer than half, no two neighbours may be there
  if (2 * missing >= count || gaps.some((gap) => gap % distance !== 0)) return unknown;
  const inner = gaps.reduce((sum, gap) => sum + gap / distance - 1, 0);
  const outer = missing - inner;
  const [first, last] = [present[0]!, present.at(-1)!];
  // outside of those that are there, only what is before 0 is known not to be
  const after = first === 0 ? outer : 0;
  if (outer < 0 || outer !== after) return unknown;
  return Array.from({ length: count }, (_, i) => first + i * distance).filter(
    (number) => number <= last + after * distance,
  );
}
