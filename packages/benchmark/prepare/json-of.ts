import type { z } from 'zod';
import type { Chosen } from './choose.ts';
import { PrepareFault } from './prepare-fault.ts';

/** The value of a JSON file of this form. @throws PrepareFault */
export function jsonOf<T>({ path, bytes }: Pick<Chosen, 'path' | 'bytes'>, form: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new PrepareFault(path, 'is not valid JSON, or is cut short: download it again');
  }
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]!.path.map(String).join(', ');
  throw new PrepareFault(
    path,
    `does not have the published form${place ? ` at ${place.slice(0, 200)}` : ''}: download it again`,
  );
}
