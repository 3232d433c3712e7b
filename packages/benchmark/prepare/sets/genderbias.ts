import { affinity } from '../affinity.ts';
import { type FoundFile, folderOf, type LeftOut, nameOf, sameName } from '../found.ts';
import { pickImages } from '../pick.ts';
import type { Recipe } from '../plan.ts';

/** Objects whose images have a folder each, and kinds of them, one folder of which may stand for two. */
const FOLDERS = ['suit', 'apron', 'briefcase', 'purse', 'beer', 'wine', 'clothes', 'bags', 'drinks'];
const NUMBERED = /^\d{1,9}\.(jpe?g|png)$/i;

/** "apron-images", however its words are joined; null for other folders. */
function folderFor(name: string): string | null {
  const [, object] = /^(\w+)[-_ ]images?$/.exec(sameName(name)) ?? [];
  return object !== undefined && FOLDERS.includes(object) ? `${object}-images` : null;
}

/** The folders of the objects, with their numbered images. Nothing else says what they show. */
export const genderbias: Recipe = {
  set: 'genderbias',
  tasks: ['genderbias'],
  async plan(context) {
    const found = context.finds.images.filter(({ path }) => folderFor(nameOf(folderOf(path))) !== null);
    const own = found.filter(({ path }) => affinity(folderOf(path), 'genderbias') !== null);
    if (own.length === 0) return null;
    const leftOut: LeftOut[] = [];
    const images = new Map<string, FoundFile>();
    for (const folder of new Set(own.map(({ path }) => folderFor(nameOf(folderOf(path)))!))) {
      const files = own.filter(({ path }) => folderFor(nameOf(folderOf(path))) === folder);
      for (const { path } of files.filter((file) => !NUMBERED.test(nameOf(file.path))))
        leftOut.push({ path, files: 1, why: 'is not named <n>.jpg' });
      const names = new Set(files.map(({ path }) => sameName(nameOf(path))).filter((name) => NUMBERED.test(name)));
      const wanted = [...names].map((name) => ({ to: `genderbias/${folder}/${name}`, names: [name] }));
      const finds = { ...context.finds, images: files, others: [] };
      for (const [to, file] of (await pickImages({ ...context, finds }, 'genderbias', wanted)).images)
        images.set(to, file);
    }
    return {
      set: 'genderbias',
      tasks: ['genderbias'],
      texts: [],
      images,
      lacking: [],
      missing: [],
      kept: 0,
      leftOut,
      notes: [],
    };
  },
};
