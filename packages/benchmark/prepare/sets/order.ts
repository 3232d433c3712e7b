import { z } from 'zod';
import { isPlainPath } from '../../load/image-path.ts';
import { asPythonWrites } from '../../load/python-json.ts';
import { type Chosen, chooseText, planned, rewritten } from '../choose.ts';
import { type LeftOut, nameOf } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import { drawOrders, ORDER_PROGRAM, plainCaption } from '../orders.ts';
import { planOf } from '../pick.ts';
import type { PlannedText, Recipe } from '../plan.ts';
import { sha256 } from '../published.ts';
import { belowSet, type Captioned, filesOf, type OrderSet, testCaptions } from './captions.ts';

const Rows = z.array(z.looseObject({ image: z.string() }));

/** Orders that are drawn already, else the captions of the test split, whose orders are drawn here. */
function order(set: OrderSet): Recipe {
  return {
    set,
    tasks: [set],
    async plan(context) {
      const leftOut: LeftOut[] = [];
      const leave = (left: LeftOut) => leftOut.push(left);
      const to = `${set}/${set}.json`;
      const given = await filesOf(context, set, 'order', leave);
      const captions = given.length > 0 ? null : await testCaptions(context, set, leave);
      const drawn = captions ? null : await chooseText(context, set, given, to, `the orders of ${set}`, leave);
      if (!captions && !drawn) return null;
      const { text, edition } = drawn ? { text: withPlaces(drawn, to), edition: null } : await draw(to, captions!);
      const images = new Set(jsonOf({ path: text.from, bytes: text.bytes }, Rows).map(({ image }) => image));
      const wanted = [...images].map((image) => ({ to: `${set}/${image}`, names: [nameOf(image)] }));
      const plan = await planOf(context, { set, tasks: [set], texts: [text], leftOut }, wanted);
      if (!edition) return plan;
      return { ...plan, notes: [`${set}: ${text.made}; ${to} has the sha256 ${edition.sha256}`], edition };
    },
  };
}

/** Rows that a program saved with the folder of one machine keep the image and its own folder. */
function withPlaces(drawn: Chosen, to: string): PlannedText {
  const rows = jsonOf(drawn, Rows);
  const far = rows.filter(({ image }) => !isPlainPath(image)).length;
  if (far === 0) return planned(to, drawn);
  const placed = rows.map((row) => ({ ...row, image: belowSet(row.image) }));
  return rewritten(to, drawn, placed, `${far} paths of images are below the set's folder`);
}

export const cocoOrder = order('coco_order');
export const flickrOrder = order('flickr30k_order');

async function draw(to: string, { from, captions }: { from: string; captions: readonly Captioned[] }) {
  const { openTagger } = await import('../tagger.ts');
  const tag = openTagger();
  const rows = captions.flatMap(({ image, caption }) =>
    caption
      .filter((one) => plainCaption(one) !== '')
      .map((one) => ({ image, caption_options: drawOrders(image, one, tag) })),
  );
  const { seed, tagger } = ORDER_PROGRAM;
  const made = `drawn: four orders of each of ${rows.length} captions by ARO's rules (seed ${seed}, words told by ${tagger})`;
  const text: PlannedText = { to, bytes: asPythonWrites(rows), from, made };
  // where a rule has no other order
  const same = rows.filter(({ caption_options: [caption, ...orders] }) => orders.includes(caption!)).length;
  const edition = { ...ORDER_PROGRAM, captions: rows.length, withOrderAsCaption: same, sha256: sha256(text.bytes) };
  return { text, edition };
}
