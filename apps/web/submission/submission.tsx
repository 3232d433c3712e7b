'use client';

import Link from 'next/link';
import { useEffect, useState } from 'react';
import { isActive, progressOf } from '../board/state.ts';
import { protocolOf } from '../board/view.ts';
import { parameters, shortHash } from '../figure/format.ts';
import { Glyph, kindWord } from '../figure/kind.tsx';
import { ProtocolBadge } from '../figure/protocol.tsx';
import { Tile } from '../figure/tile.tsx';
import {
  type EvaluationPageFragment,
  EvaluationProgressDocument,
  type SubmissionQuery,
  type TasksQuery,
} from '../generated/graphql.ts';
import { useNow } from '../live/clock.ts';
import { LivenessNote } from '../live/liveness.tsx';
import { useApiOrigin } from '../live/origin.tsx';
import { follow } from '../live/socket.ts';
import { CancelButton } from './cancel-button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Facts, FileList, Inspection, Notes, Repeat } from './facts.tsx';
import { Log } from './log.tsx';
import { ModelCard } from './model-card.tsx';
import { Scores } from './scores.tsx';
import { stagesOf } from './stages.ts';
import styles from './submission.module.css';
import { Verdict } from './verdict.tsx';

export function Submission({
  submission,
  dataSet,
  tasks,
  serverNow,
}: {
  submission: NonNullable<SubmissionQuery['submission']>;
  dataSet: TasksQuery['dataSet'];
  tasks: TasksQuery['tasks'];
  serverNow: number;
}) {
  const [evaluation, setEvaluation] = useEvaluation(submission.evaluation);
  const now = useNow(serverNow);
  const active = isActive(evaluation.state);
  return (
    <>
      <LivenessNote />
      <Head evaluation={evaluation} onCancelled={setEvaluation} />
      <ol className={styles.stages}>
        {stagesOf(evaluation, now).map(({ title, mark, note }) => (
          <li key={title} data-mark={mark} aria-current={mark === 'now' ? 'step' : undefined}>
            <b>{title}</b>
            <span>{note || (mark === 'ahead' ? (active ? 'not yet' : 'not reached') : '')}</span>
          </li>
        ))}
      </ol>
      <Verdict evaluation={evaluation} />
      <div className={styles.columns}>
        <div className={styles.side}>
          {(active || evaluation.results.length > 0) && (
            <Scores
              evaluation={evaluation}
              dataSet={dataSet}
              otherData={submission.evaluation.otherData}
              tasks={tasks}
            />
          )}
          <Notes warnings={evaluation.warnings} />
          <Inspection evaluation={evaluation} />
          <ModelCard id={submission.id} files={submission.files} />
          <FileList files={submission.files} />
        </div>
        <div className={styles.side}>
          <Facts evaluation={evaluation} now={now} />
          {evaluation.protocol && <Repeat evaluation={evaluation} dataSet={dataSet} />}
          <Log lines={evaluation.log} />
        </div>
      </div>
      <Milestones evaluation={evaluation} />
      {!active && evaluation.state === 'DONE' && (
        <p className={styles.next}>
          <Link href={placeOf(evaluation.protocol)}>See its place on the leaderboard</Link>
          <Link href={`/compare?left=${evaluation.id}`}>Compare with another checkpoint</Link>
        </p>
      )}
    </>
  );
}

/** The list in which a row of this protocol stands. */
function placeOf(protocol: string | null | undefined): string {
  const apart = protocolOf(protocol);
  return apart === null ? '/' : `/?protocol=${apart}`;
}

function useEvaluation(initial: EvaluationPageFragment) {
  const origin = useApiOrigin();
  const [evaluation, setEvaluation] = useState(initial);
  const { id } = initial;
  const active = isActive(evaluation.state);
  useEffect(() => {
    if (!active) return;
    return follow(origin, EvaluationProgressDocument, { id }, ({ evaluationProgress }) => {
      if (evaluationProgress) setEvaluation(evaluationProgress);
    });
  }, [origin, id, active]);
  return [evaluation, setEvaluation] as const;
}

function Head({
  evaluation,
  onCancelled,
}: {
  evaluation: EvaluationPageFragment;
  onCancelled: (evaluation: EvaluationPageFragment) => void;
}) {
  const { checkpoint, state } = evaluation;
  const facts = [
    checkpoint.kind && kindWord(checkpoint.kind),
    checkpoint.parameters != null && `${parameters(checkpoint.parameters)} parameters`,
    checkpoint.inputSize != null && `${checkpoint.inputSize} × ${checkpoint.inputSize} pixels`,
    checkpoint.predictionType && `predicts ${checkpoint.predictionType.replace('_prediction', '')}`,
  ].filter(Boolean);
  return (
    <header className={styles.head}>
      <Tile sha256={checkpoint.sha256} progress={progressOf(evaluation)} kind={checkpoint.kind} large />
      <div className={styles.title}>
        <h1>{checkpoint.name}</h1>
        <p>
          <span role="status" className={styles.state} data-state={state}>
            {state}
          </span>
          <span>
            <Glyph kind={checkpoint.kind} />{' '}
            {facts.length > 0 ? facts.join(' · ') : isActive(state) ? 'kind not known yet' : 'kind not known'}
          </span>
          <ProtocolBadge protocol={evaluation.protocol} />
          <span className="mono" title={checkpoint.sha256}>
            sha256 {shortHash(checkpoint.sha256)}
          </span>
        </p>
      </div>
      <div className={styles.actions}>
        {isActive(state) && <CancelButton id={evaluation.id} onCancelled={onCancelled} />}
        <CopyButton text={() => window.location.href}>Copy link</CopyButton>
      </div>
    </header>
  );
}

/** Tells those who cannot see it every quarter of the way; more would be noise. */
function Milestones({ evaluation }: { evaluation: EvaluationPageFragment }) {
  const quarter = Math.floor(progressOf(evaluation) * 4) * 25;
  return (
    <p className="hidden" aria-live="polite">
      {evaluation.state === 'SCORING' && quarter > 0 ? `${quarter}% scored` : ''}
    </p>
  );
}
