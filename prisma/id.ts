import { v7 } from 'uuid';
import { z } from 'zod';

const Id = z.guid();

/** Whether the text, which may come from anyone, can be the id of a row; anything else is an error in SQL. */
export function isId(text: string): boolean {
  return Id.safeParse(text).success;
}

/** Ids that are made later sort later, so that rows are found and queued in the order of their making. */
export const newId = (): string => v7();
