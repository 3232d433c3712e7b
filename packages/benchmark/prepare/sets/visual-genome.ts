import { z } from 'zod';
import { type Chosen, chooseText, planned } from '../choose.ts';
import { type LeftOut, nameOf } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import { pickImages } from '../pick.ts';
import type { PlannedText, Recipe } from '../plan.ts';

const Rows = z.array(z.object({ image_path: z.string() }));

/** ARO's rows, and the images that they name, of which one folder serves both tasks. */
function visualGenome(set: 'vg_relation' | 'vg_attribution', file: string): Recipe {
  return {
    set,
    tasks: [set],
    async plan(context) {
      const leftOut: LeftOut[] = [];
      const to = `${set}/${file}`;
      const found = context.finds.metadata.get(set) ?? [];
      const chosen = await chooseText(context, set, found, to, `ARO's rows of ${set}`, (left) => leftOut.push(left));
      if (!chosen) return null;
      const text = mended(chosen, to);
      const names = new Set(jsonOf({ path: chosen.path, bytes: text.bytes }, Rows).map((row) => row.image_path));
      const wanted = [...names].map((name) => ({ to: `${set}/images/${name}`, names: [nameOf(name)] }));
      return {
        set,
        tasks: [set],
        texts: [text],
        ...(await pickImages(context, set, wanted)),
        lacking: [],
        leftOut,
        notes: [],
      };
    },
  };
}

export const vgRelation = visualGenome('vg_relation', 'visual_genome_relation.json');
export const vgAttribution = visualGenome('vg_attribution', 'visual_genome_attribution.json');

/** `"image_path": "..."` as it is written, each part apart. */
const IMAGE_PATH = /("image_path"\s*:\s*")((?:[^"\\]|\\.)*)(")/g;
/** ARO's code joins its folder to each path; rows that are saved after that name a place on one machine. */
const ABSOLUTE = /^(\/|~|[A-Za-z]:|\\\\)/;

/** The file with names in place of absolute paths, and otherwise to the byte as it was. */
function mended(chosen: Chosen, to: string): PlannedText {
  const { path, bytes } = chosen;
  const text = bytes.toString('utf8');
  let count = 0;
  const names = text.replace(IMAGE_PATH, (whole, before: string, place: string, after: string) => {
    if (!ABSOLUTE.test(place)) return whole;
    count++;
    return `${before}${place.split(/\\\\|\//).at(-1)}${after}`;
  });
  if (count === 0) return planned(to, chosen);
  return { to, bytes: Buffer.from(names), from: path, made: `mended: ${count} absolute paths are names of images` };
}
