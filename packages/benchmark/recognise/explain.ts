import type { DataError, DataErrorKind } from '../load/data-error.ts';
import { FormError } from '../load/files.ts';
import { type FaultyImage, imagesFault } from '../load/images.ts';
import { taskFolder } from '../load/readers.ts';
import { type Clue, clueToFile, clueToFolder, prepareRemedy } from './clue.ts';
import { formOf } from './form.ts';
import { clueToImages } from './images.ts';
import { type Survey, survey } from './survey.ts';

/** A survey of the root that is made when it is first asked for, and then kept. */
export type Surroundings = () => Promise<Survey>;

export function surroundingsOf(root: string): Surroundings {
  let known: Promise<Survey> | undefined;
  return () => {
    known ??= survey(root);
    return known;
  };
}

/** The fault, with what lies there instead and the command that mends it, where such is recognised. */
export async function explained(error: DataError, surroundings: Surroundings): Promise<DataError> {
  if (error.kind === 'unprepared') return error.recognised(prepareRemedy(error.task));
  const clue = await clueTo(error, surroundings);
  return clue ? error.recognised(`${clue.what}; ${clue.remedy}`) : error;
}

/** What is mended by the official files, so that it is worth a look whether they lie elsewhere, or in another form. */
const SEARCHED: readonly DataErrorKind[] = ['absent', 'missing', 'unfilled', 'foreign'];

async function clueTo(error: DataError, surroundings: Surroundings): Promise<Clue | null> {
  const { task, kind } = error;
  if (error instanceof FormError) {
    const clue = formOf(task, error.json);
    if (clue) return clue;
  }
  if (kind === 'lines') return { what: 'Hugging Face gives it so', remedy: prepareRemedy(task) };
  if (!SEARCHED.includes(kind)) return null;
  const all = await surroundings();
  return kind === 'absent' ? clueToFolder(all, task) : clueToFile(all, task);
}

/** The sentence of images at fault, and its remedy alone. */
export async function explainedImages(
  fault: readonly [task: DataError['task'], folder: string, named: number, faulty: readonly FaultyImage[]],
  surroundings: Surroundings,
): Promise<{ error: DataError; remedy: string | null }> {
  const [task, , named, faulty] = fault;
  const clue = await imagesClue(task, named, faulty, surroundings);
  const remedy = clue ? `${clue.what}; ${clue.remedy}` : null;
  return { error: imagesFault(...fault, remedy), remedy };
}

async function imagesClue(
  task: DataError['task'],
  named: number,
  faulty: readonly FaultyImage[],
  surroundings: Surroundings,
): Promise<Clue | null> {
  if (faulty.some(({ kind }) => kind === 'missing')) {
    const clue = clueToImages(await surroundings(), task, faulty);
    if (clue) return clue;
  }
  if (taskFolder(task) !== 'svo' || faulty.length === named) return null;
  const what = 'many of their links are dead, so that they cannot be fetched again';
  return { what, remedy: `leave their rows out: ${prepareRemedy(task)}` };
}
