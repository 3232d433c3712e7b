import { DataError, PUT_FILE, PUT_FILES, REPLACE_FILE } from '../load/data-error.ts';
import { FormError } from '../load/files.ts';
import { type FaultyImage, imagesFault } from '../load/images.ts';
import { taskFolder } from '../load/readers.ts';
import type { TaskName } from '../task.ts';
import { ANSWERED, type Clue, clueToFile, clueToFolder, prepareRemedy } from './clue.ts';
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
  const clue = await clueTo(error, surroundings);
  if (!clue) return error;
  return new DataError(error.task, error.file, error.fault, `${clue.what}; ${clue.remedy}`);
}

async function clueTo(error: DataError, surroundings: Surroundings): Promise<Clue | null> {
  const { task, file, remedy, fault } = error;
  if (error instanceof FormError) {
    const what = formOf(task, error.json);
    return what === null ? null : { what: `it ${what}`, remedy: formRemedy(task) };
  }
  if (/^holds JSON lines/.test(fault)) return { what: 'Hugging Face gives it so', remedy: prepareRemedy(task) };
  if (/^holds -?NaN/.test(fault) && task === 'winoground')
    return { what: 'a program wrote it where a tag is empty', remedy: prepareRemedy(task) };
  if (isAbsolute(error)) return { what: 'a program wrote its own folder before it', remedy: prepareRemedy(task) };
  if (remedy === null || ![PUT_FILE, PUT_FILES, REPLACE_FILE].some((one) => remedy.startsWith(one))) return null;
  const all = await surroundings();
  return file === `${taskFolder(task)}/` ? clueToFolder(all, task) : clueToFile(all, task);
}

/** Of sets with the answers to other questions, or to none, nothing can be made. */
function formRemedy(task: TaskName): string {
  return taskFolder(task) === 'imagecode' ? ANSWERED : prepareRemedy(task);
}

/** An absolute path of an image of Visual Genome, as ARO's code writes it. */
function isAbsolute({ task, fault }: DataError): boolean {
  return taskFolder(task).startsWith('vg_') && /^names the image "(\/|[A-Za-z]:)/.test(fault);
}

/** The sentence of images at fault, and its remedy alone. */
export async function explainedImages(
  fault: readonly [task: DataError['task'], folder: string, named: number, faulty: readonly FaultyImage[]],
  surroundings: Surroundings,
): Promise<{ error: DataError; remedy: string | null }> {
  const [task, , , faulty] = fault;
  const clue = await imagesClue(task, faulty, surroundings);
  const remedy = clue ? `${clue.what}; ${clue.remedy}` : null;
  return { error: imagesFault(...fault, remedy), remedy };
}

async function imagesClue(
  task: DataError['task'],
  faulty: readonly FaultyImage[],
  surroundings: Surroundings,
): Promise<Clue | null> {
  if (faulty.some(({ kind }) => kind === 'missing')) return clueToImages(await surroundings(), task, faulty);
  return taskFolder(task) === 'svo'
    ? {
        what: 'many of their links are dead, so that they cannot be fetched again',
        remedy: `leave their rows out: ${prepareRemedy(task)}`,
      }
    : null;
}
