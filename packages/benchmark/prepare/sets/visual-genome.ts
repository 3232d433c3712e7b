import { nameAlone } from '../../load/image-path.ts';
import { asPythonWrites } from '../../load/python-json.ts';
import { VG_ROWS } from '../../load/visual-genome.ts';
import { type AskableRows, askableRows, isJson, pythonValue, unaskedNote } from '../askable-rows.ts';
import { type Chosen, chooseText, planned } from '../choose.ts';
import type { LeftOut } from '../found.ts';
import { planOf } from '../pick.ts';
import type { PlannedText, Recipe, SetPlan } from '../plan.ts';
import { sha256 } from '../published.ts';

/** ARO's rows, and the images that they name, of which one folder serves both tasks. */
function visualGenome(set: keyof typeof VG_ROWS, file: string): Recipe {
  return {
    set,
    tasks: [set],
    async plan(context) {
      const leftOut: LeftOut[] = [];
      const found = context.finds.metadata.get(set) ?? [];
      const to = `${set}/${file}`;
      const chosen = await chooseText(context, set, found, to, `ARO's rows of ${set}`, (left) => leftOut.push(left));
      if (!chosen) return null;
      const named = withNames(chosen, to);
      const asked = askableRows<{ image_path: string }>(
        chosen.path,
        pythonValue(chosen.path, named.bytes),
        VG_ROWS[set],
      );
      const text = withoutUnasked(named, asked);
      const names = new Set(asked.rows.map((row) => row.image_path));
      const wanted = [...names].map((name) => ({ to: `${set}/images/${name}`, names: [name] }));
      const plan = await planOf(context, { set, tasks: [set], texts: [text], leftOut }, wanted);
      return { ...plan, ...editionOf(set, text, asked) };
    },
  };
}

export const vgRelation = visualGenome('vg_relation', 'visual_genome_relation.json');
export const vgAttribution = visualGenome('vg_attribution', 'visual_genome_attribution.json');

/** `"image_path": "..."` as it is written, each part apart. */
const IMAGE_PATH = /("image_path"\s*:\s*")((?:[^"\\]|\\.)*)(")/g;

/**
 * The file with names in place of paths, and otherwise to the byte as it was. ARO's code joins a folder to each name; rows that are
 * saved after that name a place on one machine.
 */
function withNames(chosen: Chosen, to: string): PlannedText {
  const { path, bytes } = chosen;
  let count = 0;
  const text = bytes.toString('utf8').replace(IMAGE_PATH, (found, before: string, place: string, after: string) => {
    const whole = JSON.parse(`"${place}"`) as string;
    const name = nameAlone(whole);
    if (name === null || name === whole) return found;
    count++;
    return `${before}${JSON.stringify(name).slice(1, -1)}${after}`;
  });
  if (count === 0) return planned(to, chosen);
  return { to, bytes: Buffer.from(text), from: path, made: `mended: ${count} paths are names of images` };
}

/** The rows that can be asked, where not all can. */
function withoutUnasked(text: PlannedText, { rows, unasked, of }: AskableRows<object>): PlannedText {
  if (unasked.length === 0 && isJson(text.bytes)) return text;
  const made = `${text.made === null ? '' : `${text.made}; `}written: ${rows.length} of ${of} rows, those that can be asked`;
  return { ...text, bytes: asPythonWrites(rows), made };
}

function editionOf(
  set: string,
  { to, bytes }: PlannedText,
  asked: AskableRows<object>,
): Pick<SetPlan, 'notes' | 'edition'> {
  const { rows, unasked, of } = asked;
  if (unasked.length === 0) return { notes: [] };
  const hash = sha256(bytes);
  return {
    notes: [`${set}: ${unaskedNote(asked)}; ${to} has the sha256 ${hash}`],
    edition: { rows: rows.length, of, sha256: hash, leftOut: unasked },
  };
}
