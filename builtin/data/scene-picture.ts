import { render } from './raycast.ts';
import type { Scene } from './scene.ts';

/** A picture of a plan that shows a scene; the path is seen from the data root. */
export type ScenePicture = { file: string; scene: Scene; draw: () => Uint8Array };

export function scenePicture(file: string, scene: Scene): ScenePicture {
  return { file, scene, draw: () => render(scene) };
}

/** A task's texts, and its pictures of scenes. */
export type ScenePlan = { texts: { file: string; text: string }[]; pictures: ScenePicture[] };
