import type { CheckpointKind } from '../generated/graphql.ts';
import styles from './figure.module.css';

const WORDS: Record<CheckpointKind, string> = {
  DIFFUSION: 'diffusion model',
  DUAL_ENCODER: 'dual encoder',
  MATCHING_HEAD: 'matching head',
};

const CLASSES: Record<CheckpointKind, string | undefined> = {
  DIFFUSION: styles.diffusion,
  DUAL_ENCODER: styles.dual,
  MATCHING_HEAD: styles.matching,
};

export function kindWord(kind: CheckpointKind): string {
  return WORDS[kind];
}

/** Sets the colour of a kind; none while it is not known. */
export function kindClass(kind: CheckpointKind | null | undefined): string {
  return (kind && CLASSES[kind]) || (styles.unknown ?? '');
}

/** The kind's own shape: circle, diamond, triangle; a small ring while it is not known. */
export function Glyph({ kind }: { kind: CheckpointKind | null | undefined }) {
  return (
    <svg
      className={`${styles.glyph} ${kindClass(kind)}`}
      viewBox="0 0 12 12"
      role="img"
      aria-label={kind ? WORDS[kind] : 'kind not known'}
    >
      {kind ? (
        <path d={SHAPES[kind]} fill="currentColor" />
      ) : (
        <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeDasharray="2 2" />
      )}
    </svg>
  );
}

const SHAPES: Record<CheckpointKind, string> = {
  DIFFUSION: 'M6 1.3a4.7 4.7 0 1 0 0 9.4a4.7 4.7 0 1 0 0-9.4z',
  DUAL_ENCODER: 'M6 .4 11.6 6 6 11.6.4 6z',
  MATCHING_HEAD: 'M6 .8 11.6 10.8H.4z',
};

/** The same shapes around the origin, for a dot at a place given in per cent. */
export const DOT_SHAPES: Record<CheckpointKind, string> = {
  DIFFUSION: 'M0-3.4a3.4 3.4 0 1 0 0 6.8a3.4 3.4 0 1 0 0-6.8z',
  DUAL_ENCODER: 'M0-4.4 4.4 0 0 4.4-4.4 0z',
  MATCHING_HEAD: 'M0-4.2 4.4 3.4H-4.4z',
};
