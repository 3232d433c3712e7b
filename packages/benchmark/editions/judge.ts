import { createHash } from 'node:crypto';
import type { Metadata, OfficialTask } from '../load/official-task.ts';
import type { DataEdition, TaskName } from '../task.ts';
import type { Edition, TaskEdition } from './edition.ts';
import { OFFICIAL } from './editions.ts';
import { questionsSha256 } from './questions.ts';

/** A task's data, as they are judged. */
export interface Judged {
  readonly task: TaskName;
  readonly official: OfficialTask;
  /** Images that the examples name, and of these how many are missing or unreadable. */
  readonly images: number;
  readonly faulty: number;
  /** Null: not known. */
  readonly dataVersion: string | null;
  /** Examples that are scored: fewer than the files state under a limit, or where images lack. */
  readonly scored: number;
}

/**
 * Of which of the editions the data are, and whether all of it. Data are of an edition whose hashes they have; of no known hash,
 * they are a part of the official one where they are fewer than it has, for then they cannot be all of it.
 */
export function judgeEdition(editions: readonly Edition[], judged: Judged): DataEdition {
  const { task, official, scored } = judged;
  const compared = editions.flatMap(({ name, tasks }) => {
    const edition = tasks[task];
    return edition ? [{ name, edition, likeness: likenessTo(edition, judged) }] : [];
  });
  const like = (likeness: Likeness) => compared.find((one) => one.likeness === likeness);
  const found = like('same') ?? like('less');
  if (found) {
    const { name, edition } = found;
    const state = found.likeness === 'same' && scored === official.examples.length ? 'whole' : 'part';
    return { state, name, examples: within(edition, judged), of: edition.examples };
  }
  const whole = compared.find(({ name }) => name === OFFICIAL)?.edition.examples;
  const rows = official.rows ?? official.examples.length;
  return whole !== undefined && !like('beyond') && rows < whole
    ? { state: 'part', name: OFFICIAL, examples: scored, of: whole }
    : unknown(scored);
}

function unknown(examples: number): DataEdition {
  return { state: 'unknown', name: null, examples, of: null };
}

/** How many of the scored examples may be of the edition; data may have further groups. */
function within({ groups }: TaskEdition, { official, scored }: Judged): number {
  if (!groups) return scored;
  return Math.min(scored, official.examples.filter(({ group = '' }) => Object.hasOwn(groups, group)).length);
}

/** same: all of the edition; less: some of it; beyond: it asks the same, and has further or other images; other: another edition. */
type Likeness = 'same' | 'less' | 'beyond' | 'other';

function likenessTo(edition: TaskEdition, judged: Judged): Likeness {
  if (edition.dataVersion !== undefined && edition.dataVersion === judged.dataVersion) return 'same';
  if (!asksTheSame(edition, judged)) return 'other';
  const lacks = comparedCounts(edition, judged);
  if (lacks.some((one) => one < 0)) return 'beyond';
  if (lacks.some((one) => one > 0)) return 'less';
  // as many images; whether they are those is known of all of them only
  return edition.dataVersion === undefined || judged.faulty > 0 ? 'same' : 'beyond';
}

function asksTheSame({ metadata, questions }: TaskEdition, { task, official }: Judged): boolean {
  if (
    metadata &&
    official.metadata.length > 0 &&
    official.metadata.every((file) => metadata[file.path] === sha256(file))
  )
    return true;
  return questions !== undefined && questionsSha256(task, official.examples) === questions;
}

/** How many examples (of each group, where these are known) and images the data lack; below 0: have beyond the edition. */
function comparedCounts({ examples, images, groups }: TaskEdition, judged: Judged): number[] {
  const all = judged.official.examples;
  const lacks = groups
    ? Object.entries(groups).map(([name, count]) => count - all.filter(({ group }) => group === name).length)
    : [examples - all.length];
  // further groups bring further images
  if (images !== undefined && !groups) lacks.push(images - judged.images);
  return lacks;
}

export function sha256({ bytes }: Metadata): string {
  return createHash('sha256').update(bytes).digest('hex');
}
