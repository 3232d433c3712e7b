import { share } from '@gdbench/benchmark/figures';
import { isBoardProtocol } from '@gdbench/benchmark/protocol';
import { isActive, progressOf } from '../board/state.ts';
import type { Side } from '../comparison/request.ts';

/** A checkpoint that a question needs: its finished evaluation, or what is still missing. */
export type Standing =
  | { readonly name: string; readonly evaluation: Side; readonly missing: null }
  | { readonly name: string; readonly evaluation: null; readonly missing: string };

/** An evaluation, with its tasks that were scored on other data than the board has now. */
export type Candidate = Side & { readonly otherData: readonly string[] };

/**
 * The newest finished evaluation on the board's data of now, under the protocol of the checkpoint's kind; where there is
 * none, how far the newest one is.
 * `evaluations`: all of the checkpoint, newest first; null where it is not known which checkpoint that is.
 */
export function standingOf(name: string, evaluations: readonly Candidate[] | null): Standing {
  if (evaluations === null) return { name, evaluation: null, missing: 'it is not among the built-in checkpoints here' };
  const own = evaluations.filter(({ protocol }) => protocol == null || isBoardProtocol(protocol));
  const evaluation = own.find(({ state, otherData }) => state === 'DONE' && otherData.length === 0);
  if (evaluation) return { name, evaluation, missing: null };
  return { name, evaluation: null, missing: own[0] ? progressWords(own[0]) : 'not submitted yet' };
}

function progressWords(evaluation: Candidate): string {
  const { state, otherData } = evaluation;
  if (state === 'DONE') return `scored on other data than the board has now, of ${otherData.join(', ')}`;
  if (state === 'SCORING') return `being scored, ${share(progressOf(evaluation))} of its shards are done`;
  return isActive(state) ? `on its way, ${state.toLowerCase()}` : `its evaluation is ${state}`;
}

/** "Waiting for toy-itm (not submitted yet) and toy-ldm (being scored, 40.0% of its shards are done)." */
export function waitingFor(standings: readonly Standing[]): string | null {
  const missing = standings.flatMap(({ name, missing: why }) => (why === null ? [] : [`${name} (${why})`]));
  if (missing.length === 0) return null;
  const last = missing.pop();
  return `Waiting for ${missing.length === 0 ? last : `${missing.join(', ')} and ${last}`}.`;
}
