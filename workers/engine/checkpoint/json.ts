import { z } from 'zod';
import { CheckpointFault } from './fault.ts';
import { type Folder, readText } from './folder.ts';

/**
 * Reads a JSON file of the checkpoint and checks the fields that scoring needs.
 *
 * @throws CheckpointFault when the file is missing, is not JSON, or has a field of the wrong kind.
 */
export async function readJson<S extends z.ZodType>(folder: Folder, file: string, schema: S): Promise<z.output<S>> {
  const text = await readText(folder, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CheckpointFault(file, `${file} is not valid JSON; export the checkpoint again.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'its content';
  throw new CheckpointFault(file, `${file} cannot be used: \`${field}\` is not what it should be (${issue?.message}).`);
}

/** Any JSON object. */
export const jsonObject = z.looseObject({});
