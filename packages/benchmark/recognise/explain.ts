import { DataError, PREPARE, PUT_FILE, PUT_FILES, REPLACE_FILE } from '../load/data-error.ts';
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
  const { task, file, fault, remedy } = error;
  if (remedy === PREPARE) return new DataError(task, file, fault, prepareRemedy(task));
  const clue = await clueTo(error, surroundings);
  if (!clue) return error;
  return new DataError(task, file, fault, `${clue.what}; ${clue.remedy}`);
}

async function clueTo(error: DataError, surroundings: Surroundings): Promise<Clue | null> {
  const { task, file, remedy, fault } = error;
  if (error instanceof FormError) {
    const clue = formOf(task, error.json);
    if (clue) return clue;
  }
  if (/^holds JSON lines/.test(fault)) return { what: 'Hugging Face gives it so', remedy: prepareRemedy(task) };
  if (remedy === null || ![PUT_FILE, PUT_FILES, REPLACE_FILE].some((one) => remedy.startsWith(one))) return null;
  const all = await surroundings();
  return file === `${taskFolder(task)}/` ? clueToFolder(all, task) : clueToFile(all, task);
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
