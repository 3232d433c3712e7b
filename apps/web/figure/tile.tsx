'use client';

import { useEffect, useRef } from 'react';
import type { CheckpointKind } from '../generated/graphql.ts';
import { onThemeChange } from '../shell/theme.ts';
import styles from './figure.module.css';
import { kindClass } from './kind.tsx';
import { TILE_SIDE, tile } from './noise.ts';

/** Noise that clears into the checkpoint's emblem; decoration, so hidden from screen readers. */
export function Tile({
  sha256,
  progress,
  kind,
  large = false,
}: {
  sha256: string;
  progress: number;
  kind: CheckpointKind | null | undefined;
  large?: boolean;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = () => canvas.current && paint(canvas.current, tile(sha256, progress));
    draw();
    return onThemeChange(draw);
  }, [sha256, progress]);
  return (
    <span aria-hidden="true" className={`${styles.tile} ${large ? styles.large : ''} ${kindClass(kind)}`}>
      <canvas ref={canvas} width={TILE_SIDE} height={TILE_SIDE} />
    </span>
  );
}

/** Opacities of the element's own colour, which differs by kind and theme. */
function paint(canvas: HTMLCanvasElement, opacities: Float32Array): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.clearRect(0, 0, TILE_SIDE, TILE_SIDE);
  context.fillStyle = getComputedStyle(canvas).color;
  opacities.forEach((opacity, i) => {
    context.globalAlpha = opacity;
    context.fillRect(i % TILE_SIDE, Math.floor(i / TILE_SIDE), 1, 1);
  });
}
