import { createHash } from 'node:crypto';
import { encodeJpeg } from './jpeg.ts';
import type { Plan } from './plan.ts';
import { PLANNERS, type PlannerName } from './planners.ts';
import { encodePng } from './png.ts';
import { render } from './raycast.ts';
import type { Scene } from './scene.ts';
import type { ScenePicture, ScenePlan } from './scene-picture.ts';

// What threads do for build.ts. Between threads goes data alone, so what is not a scene comes back drawn.

/** What a picture shows: a scene that is still to be drawn, or pixels (SIDE x SIDE x 3 bytes). */
export type Art = { scene: Scene } | { pixels: Uint8Array };
export type Sketch = { texts: Plan['texts']; pictures: { file: string; art: Art }[] };

/** The files that one planner plans. */
export function plan({ planner, seed }: { planner: PlannerName; seed: number }): Sketch {
  const { texts, pictures }: Plan | ScenePlan = PLANNERS[planner](seed);
  return { texts, pictures: pictures.map((picture) => ({ file: picture.file, art: artOf(picture) })) };
}

function artOf(picture: Plan['pictures'][number] | ScenePicture): Art {
  return 'scene' in picture ? { scene: picture.scene } : { pixels: picture.draw() };
}

export type Format = 'png' | 'jpg';
/** `sha256` is that of the pixels, whatever the format. */
export type Drawn = { sha256: string; bytes: Uint8Array };

/** The files of some pictures, in order. */
export async function draw(pictures: readonly { art: Art; format: Format }[]): Promise<Drawn[]> {
  const encoding = pictures.map(async ({ art, format }) => {
    const pixels = 'scene' in art ? render(art.scene) : art.pixels;
    const bytes = await (format === 'png' ? encodePng : encodeJpeg)(pixels);
    return { sha256: createHash('sha256').update(pixels).digest('hex'), bytes };
  });
  return await Promise.all(encoding);
}
