import type { Edition } from '@gdbench/benchmark/edition';
import type { DataEdition, TaskName } from '@gdbench/benchmark/task';
import { CliFault } from '../fault.ts';

/** The editions that are known, with those of GDBENCH_EDITIONS. @throws CliFault with exit code 2 where its file cannot serve */
export async function knownEditions(): Promise<readonly Edition[]> {
  const [{ EditionsFault, readEditions }, { readSettings }] = await Promise.all([
    import('@gdbench/benchmark/read-editions'),
    import('@gdbench/settings/settings'),
  ]);
  return readEditions(readSettings(['GDBENCH_EDITIONS']).GDBENCH_EDITIONS).catch((error) => {
    throw error instanceof EditionsFault ? new CliFault(error.message, 2) : error;
  });
}

/** Why some of these tasks have no place in a ranking, in one sentence; null where all are whole. */
export async function noRankSentence(
  judged: readonly { readonly task: TaskName; readonly edition: DataEdition }[],
): Promise<string | null> {
  const { noRankWords } = await import('@gdbench/benchmark/edition-words');
  const parts = judged.flatMap(({ task, edition }) => {
    const words = noRankWords(edition);
    return words === null ? [] : [`${task} ${words}`];
  });
  return parts.length === 0 ? null : `Scored as any data are, but without a rank: ${parts.join('; ')}.`;
}
