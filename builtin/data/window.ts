import { type Camera, project } from './optics.ts';
import type { Body } from './solids.ts';

/** A rectangle of cells of a picture; its right and bottom cells belong to it. */
export type Window = { left: number; right: number; top: number; bottom: number };

/** The cells of a picture of side x side outside of which a body cannot be seen; empty where it is out of the picture. */
export function windowOf(camera: Camera, b: Body, side: number): Window {
  const wide = b.kind === 'cube' ? b.half * 1.42 : b.half;
  const box = { left: side, right: -1, top: side, bottom: -1 };
  for (let corner = 0; corner < 8; corner++) {
    const x = b.x + (corner & 1 ? wide : -wide);
    const y = b.y + (corner & 2 ? wide : -wide);
    const p = project(camera, x, y, b.z + (corner & 4 ? b.halfHeight : -b.halfHeight));
    const column = Math.floor(((p.x + 1) / 2) * side);
    const row = Math.floor(((1 - p.y) / 2) * side);
    box.left = Math.min(box.left, column);
    box.right = Math.max(box.right, column);
    box.top = Math.min(box.top, row);
    box.bottom = Math.max(box.bottom, row);
  }
  return {
    left: Math.max(box.left, 0),
    right: Math.min(box.right, side - 1),
    top: Math.max(box.top, 0),
    bottom: Math.min(box.bottom, side - 1),
  };
}
