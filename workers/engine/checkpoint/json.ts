import { z } from 'zod';
import { CheckpointFault, Faults } from './fault.ts';
import { type Folder, readText } from './folder.ts';
import { misfitsOf } from './json-misfit.ts';
import { JsonError, parseJson } from './json-text.ts';

/**
 * Reads a JSON file of the checkpoint as Python does (a byte order mark, NaN and Infinity are read), and checks the fields that scoring
 * needs.
 *
 * @throws CheckpointFault when the file is missing, is not JSON, or with every field that is of the wrong kind.
 */
export async function readJson<S extends z.ZodType>(folder: Folder, file: string, schema: S): Promise<z.output<S>> {
  const value = await readValue(folder, file);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = new Faults();
  faults.add(...misfitsOf(file, value, parsed.error));
  faults.settle();
  throw parsed.error;
}

async function readValue(folder: Folder, file: string): Promise<unknown> {
  const text = await readText(folder, file, 'a JSON file');
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CheckpointFault({
      file,
      found: `is not valid JSON (${error.message})`,
      expected: 'a JSON file',
      remedy: `correct it there, or take the file from where the model was exported`,
      gravity: 'file',
    });
  }
}

/** Any JSON object. */
export const jsonObject = z.looseObject({});
