import type { Recipe } from './plan.ts';
import { clevr } from './sets/clevr.ts';
import { flickr30k } from './sets/flickr30k.ts';
import { genderbias } from './sets/genderbias.ts';
import { imagecode } from './sets/imagecode.ts';
import { mmbias } from './sets/mmbias.ts';
import { cocoOrder, flickrOrder } from './sets/order.ts';
import { pets } from './sets/pets.ts';
import { svo } from './sets/svo.ts';
import { vgAttribution, vgRelation } from './sets/visual-genome.ts';
import { winoground } from './sets/winoground.ts';

/** Every set that can be prepared, in the order of the tasks. */
export const RECIPES: readonly Recipe[] = [
  clevr,
  winoground,
  flickr30k,
  imagecode,
  svo,
  vgRelation,
  vgAttribution,
  cocoOrder,
  flickrOrder,
  pets,
  mmbias,
  genderbias,
];
