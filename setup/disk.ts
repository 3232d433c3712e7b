import { statfs } from 'node:fs/promises';

/** What a new data folder of PostgreSQL takes, or a build between two of its files; who fails with less has no room. */
const ROOM = 64 * 2 ** 20;

/**
 * Whether so little is free where the path lies that a program which failed there can have failed for that: programs say that a
 * disk is full in words alone.
 */
export async function isFull(path: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize < ROOM;
}
