import { CliFault } from '../fault.ts';

/** A whole number out of a word of the command line. @throws CliFault with exit code 2. */
export function whole(flag: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new CliFault(`${flag} is ${text || 'empty'}: give a whole number ${range}.`, 2);
}
