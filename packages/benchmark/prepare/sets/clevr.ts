import { z } from 'zod';
import { isPlainPath, withoutFarFolder } from '../../load/image-path.ts';
import { CLEVR_SUBTASKS } from '../../tasks/tasks.ts';
import { type Chosen, chooseText, planned, rewritten } from '../choose.ts';
import { type LeftOut, nameOf } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import { subtaskOf } from '../metadata-kind.ts';
import { pickImages } from '../pick.ts';
import type { PlannedText, Recipe } from '../plan.ts';

const Captions = z.record(z.string(), z.array(z.array(z.string())));

/** The captions of the seven subtasks, and the images that they name out of more. */
export const clevr: Recipe = {
  set: 'clevr',
  tasks: ['clevr'],
  async plan(context) {
    const leftOut: LeftOut[] = [];
    const found = context.finds.metadata.get('clevr') ?? [];
    const texts: PlannedText[] = [];
    const names = new Set<string>();
    for (const subtask of CLEVR_SUBTASKS) {
      const to = `clevr/captions/${subtask}.json`;
      const files = found.filter(({ path }) => subtaskOf(nameOf(path)) === subtask);
      const chosen = await chooseText(context, 'clevr', files, to, `CLEVR's captions of ${subtask}`, (left) =>
        leftOut.push(left),
      );
      if (!chosen) continue;
      const captions = jsonOf(chosen, Captions);
      texts.push(withNames(chosen, to, captions));
      for (const name of Object.keys(captions)) names.add(withoutFarFolder(name));
    }
    if (texts.length === 0) return null;
    const wanted = [...names].map((name) => ({ to: `clevr/images/${name}`, names: [nameOf(name)] }));
    const absent = CLEVR_SUBTASKS.filter((subtask) => texts.every(({ to }) => !to.endsWith(`/${subtask}.json`)));
    return {
      set: 'clevr',
      tasks: ['clevr'],
      texts,
      ...(await pickImages(context, 'clevr', wanted)),
      lacking: absent.map((subtask) => `clevr/captions/${subtask}.json`),
      leftOut,
      notes: [],
    };
  },
};

/** The file with names in place of paths of one machine. */
function withNames(chosen: Chosen, to: string, captions: z.infer<typeof Captions>): PlannedText {
  const paths = Object.keys(captions).filter((key) => !isPlainPath(key)).length;
  if (paths === 0) return planned(to, chosen);
  const named = Object.fromEntries(Object.entries(captions).map(([key, pairs]) => [withoutFarFolder(key), pairs]));
  return rewritten(to, chosen, named, `${paths} paths are names of images`);
}
