import { basename } from 'node:path';
import pMap from 'p-map';
import { asPythonWrites } from '../../load/python-json.ts';
import type { TaskName } from '../../task.ts';
import { unaskedNote } from '../askable-rows.ts';
import type { PrepareContext } from '../context.ts';
import type { FoundFile, LeftOut } from '../found.ts';
import { pickImages, type WantedImage } from '../pick.ts';
import type { PlannedText, Recipe, SetPlan } from '../plan.ts';
import { PrepareFault } from '../prepare-fault.ts';
import { sha256 } from '../published.ts';
import { byReason } from '../record.ts';
import { NEG_TYPES, readRows, SVO_FILE, type SvoRow, type SvoSource, sharedRows } from './svo-rows.ts';

/**
 * The published table names images by addresses of which many are dead, so that nobody has all of them. The rows of which both
 * images are there and can be decoded are an edition of its own; by its hash and counts labs can tell whether theirs are the same,
 * and with the rows of another's (`only`) they can make them so.
 */
export const svo: Recipe = {
  set: 'svo',
  tasks: ['svo_verb', 'svo_subj', 'svo_obj'],
  async plan(context) {
    const leftOut: LeftOut[] = [];
    const source = await readRows(context, (left) => leftOut.push(left));
    if (!source) return null;
    const asked = context.only === null ? source.rows : await sharedRows(source.rows, context.only);
    const { images, missing, kept } = await pickImages(context, 'svo', wantedBy(asked));
    const bad = await takeOutUndecodable(context, images, leftOut);
    const lacking = new Set([...missing, ...bad]);
    const rows = asked.filter((row) => placesOf(row).every((to) => !lacking.has(to)));
    const base = { set: 'svo', lacking: [], kept, leftOut, notes: [] } as const;
    if (rows.length > 0)
      return {
        ...base,
        ...editionOf(source, rows, images, context.only),
        leftOut: [...leftOut, ...unfetched(missing)],
      };
    if (images.size > 0 || bad.size > 0)
      throw new PrepareFault(
        null,
        `svo: no row of ${source.from} has both images, found and decoded${examplesOf(leftOut)}`,
      );
    // rows alone would stand in the way of an edition that is made when images are there
    return { ...base, tasks: tasksOf(asked), texts: [], images, missing };
  },
};

/** Why images were left out, with one of each kind. */
function examplesOf(leftOut: readonly LeftOut[]): string {
  const reasons = byReason(leftOut).map(
    ({ why, files, first }) => `${first[0]} ${why}${files > 1 ? ` and so ${files - 1} more` : ''}`,
  );
  return reasons.length > 0 ? `: ${reasons.join(', ')}` : '';
}

const placesOf = ({ pos_id, neg_id }: SvoRow): string[] => [pos_id, neg_id].map((id) => `svo/images/${id}`);

const tasksOf = (rows: readonly SvoRow[]): TaskName[] =>
  NEG_TYPES.filter((type) => rows.some(({ neg_type }) => neg_type === type)).map((type): TaskName => `svo_${type}`);

/** An image keeps its published name, whatever kind of image its address gave. */
function wantedBy(rows: readonly SvoRow[]): WantedImage[] {
  const ids = new Set(rows.flatMap(({ pos_id, neg_id }) => [pos_id, neg_id]));
  return [...ids].map((id) => {
    const stem = id.replace(/\.\w+$/, '');
    const names = ['.jpg', '.jpeg', '.png', '.webp', '.gif', ''].map((ending) => `${stem}${ending}`);
    return { to: `svo/images/${id}`, names: [id, ...names] };
  });
}

function editionOf(
  source: SvoSource,
  rows: readonly SvoRow[],
  images: ReadonlyMap<string, FoundFile>,
  only: string | null,
): Pick<SetPlan, 'tasks' | 'texts' | 'images' | 'missing' | 'notes' | 'edition'> {
  const text = rows.length === source.rows.length && source.text ? source.text : written(source, rows);
  const needed = new Set(rows.flatMap(placesOf));
  const counts = Object.fromEntries(
    NEG_TYPES.map((type) => [type, rows.filter((row) => row.neg_type === type).length]),
  );
  const hash = sha256(text.bytes);
  const told = NEG_TYPES.map((type) => `${counts[type]} ${type}`).join(', ');
  return {
    tasks: tasksOf(rows),
    texts: [text],
    images: new Map([...images].filter(([to]) => needed.has(to))),
    missing: [],
    notes: [
      `svo: ${rows.length} of ${source.of} rows have both images (${told}); ${SVO_FILE} has the sha256 ${hash}`,
      ...(source.unasked.length > 0 ? [`svo: ${unaskedNote(source)}`] : []),
    ],
    edition: {
      rows: rows.length,
      of: source.of,
      ...counts,
      sha256: hash,
      ...(source.unasked.length > 0 ? { leftOut: source.unasked } : {}),
      ...(only === null ? {} : { only: basename(only) }),
    },
  };
}

/** Images that nobody could fetch: their rows are left out. */
const unfetched = (missing: readonly string[]): LeftOut[] =>
  missing.map((path) => ({ path, files: 1, why: 'was not found, so that its rows are left out' }));

function written(source: SvoSource, rows: readonly SvoRow[]): PlannedText {
  const made = `written: ${rows.length} of ${source.rows.length} rows, those of which both images are there`;
  return { to: SVO_FILE, bytes: asPythonWrites(rows), from: source.from, made };
}

const CHECKED_AT_ONCE = 64;

/** Takes the images that cannot be decoded out of the map, and gives their places. */
async function takeOutUndecodable(
  { contents, check, onProgress }: PrepareContext,
  images: Map<string, FoundFile>,
  leftOut: LeftOut[],
): Promise<Set<string>> {
  const bad = new Set<string>();
  const all = [...images];
  for (let at = 0; at < all.length; at += CHECKED_AT_ONCE) {
    const some = all.slice(at, at + CHECKED_AT_ONCE);
    const files = await contents.onDisk(some.map(([, file]) => file));
    const verdicts = await pMap(files, (file) => check(file), { concurrency: CHECKED_AT_ONCE / 8 });
    for (const [i, [to, { path }]] of some.entries()) {
      const why = verdicts[i]!;
      if (why === null) continue;
      bad.add(to);
      images.delete(to);
      leftOut.push({ path, files: 1, why });
    }
    onProgress('Decoding images', Math.min(at + CHECKED_AT_ONCE, all.length), all.length);
  }
  return bad;
}
