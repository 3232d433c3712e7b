import type { TaskName } from '../task.ts';
import { biasPairs } from '../tasks/bias-pairs.ts';
import type { OfficialExample, OfficialTask, UnreadFile, UnusedGroup } from './official-task.ts';

/** Files that a sentence names. */
const NAMED_AT_MOST = 5;

/**
 * What a reader should know of a task's data, a sentence each: files and groups that lie among them and are not scored, and groups
 * of unequal size.
 */
export function notesOf(task: TaskName, { unread = [], unused = [], examples }: OfficialTask): string[] {
  return [...unreadNotes(unread), ...unusedNote(unused), ...(task === 'mmbias' ? unequalNote(examples) : [])];
}

function unreadNotes(unread: readonly UnreadFile[]): string[] {
  const paths = new Map<string, string[]>();
  for (const { path, why } of unread) paths.set(why, [...(paths.get(why) ?? []), path]);
  return [...paths].map(([why, all]) => {
    if (all.length === 1) return `1 file is not read: ${all[0]} ${why}.`;
    const more = all.length > NAMED_AT_MOST ? `, and ${all.length - NAMED_AT_MOST} more` : '';
    return `${all.length} files are not read: ${all.slice(0, NAMED_AT_MOST).join(', ')}${more}; each ${why}.`;
  });
}

function unusedNote(unused: readonly UnusedGroup[]): string[] {
  if (unused.length === 0) return [];
  const named = unused
    .map(({ group, images }) => `${group} (${images} ${images === 1 ? 'image' : 'images'})`)
    .join(', ');
  return [`Not scored, for no pair compares them: ${named}.`];
}

/** An effect size of groups of unequal size is no less right, but nobody expects it. */
function unequalNote(examples: readonly OfficialExample[]): string[] {
  const sizes = new Map<string, number>();
  for (const { group = '' } of examples) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const unequal = biasPairs(sizes.keys()).filter(({ x, y }) => sizes.get(x) !== sizes.get(y));
  if (unequal.length === 0) return [];
  const named = unequal.map(({ name, x, y }) => `${name} (${sizes.get(x)} and ${sizes.get(y)} images)`).join(', ');
  return [`Groups of unequal size are compared: ${named}.`];
}
