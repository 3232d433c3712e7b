import { planClevr } from './clevr.ts';
import { flickrScenes } from './flickr30k.ts';
import { imagecodeSets } from './imagecode.ts';
import { planCocoOrder } from './order.ts';
import { contentKey, type Scene } from './scene.ts';
import { planSvo } from './svo.ts';
import { SET_SEED } from './version.ts';
import { planVisualGenome } from './visual-genome.ts';
import { planWinoground } from './winoground.ts';

/** Every scene of a test set's tasks (creatures and emblems are no scenes). */
function testScenes(seed: number): Scene[] {
  const plans = [planSvo(seed), planVisualGenome(seed), planCocoOrder(seed)];
  return [
    ...planClevr(seed).map(({ scene }) => scene),
    ...planWinoground(seed).flatMap(({ scenes }) => scenes),
    ...flickrScenes(seed),
    ...imagecodeSets(seed).flatMap(({ scenes }) => scenes),
    ...plans.flatMap(({ pictures }) => pictures.map(({ scene }) => scene)),
  ];
}

let barred: ReadonlySet<string> | undefined;

/** The contents of every scene of the published test set that holds two solids or more. */
export function barredContents(): ReadonlySet<string> {
  barred ??= new Set(
    testScenes(SET_SEED)
      .filter(({ solids }) => solids.length > 1)
      .map(({ solids }) => contentKey(solids)),
  );
  return barred;
}
