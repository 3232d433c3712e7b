import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { Actor } from '../actor.ts';
import { endEvaluation } from '../evaluations/end-evaluation.ts';
import { transition } from '../evaluations/transition.ts';
import { addLogLine } from '../log/add.ts';
import type { Sql } from '../transaction.ts';
import { enqueue } from '../work/enqueue.ts';
import { protocolMisfit } from './protocol-misfit.ts';
import { raiseBoards } from './tell.ts';
import { readWaitingFor, type Waiting } from './waiting.ts';

/**
 * The checkpoint is READY: whoever waits for it is QUEUED with work to plan it, or REFUSED where its protocol does not fit. The
 * checkpoint is locked by the caller.
 */
export async function queueWaiting(
  sql: Sql,
  actor: Actor,
  report: InspectionReport,
  checkpointId: string,
): Promise<void> {
  const waiting = await readWaitingFor(sql, checkpointId);
  for (const one of waiting) await queueOrRefuse(sql, actor, report, checkpointId, one);
  await raiseBoards(sql, waiting);
}

async function queueOrRefuse(
  sql: Sql,
  actor: Actor,
  report: InspectionReport,
  checkpointId: string,
  { evaluationId, submitter, askedProtocol }: Waiting,
): Promise<void> {
  const misfit = askedProtocol === null ? null : protocolMisfit(report.kind, askedProtocol);
  if (misfit) {
    await addLogLine(sql, evaluationId, { stage: 'inspect', message: misfit.reason });
    await endEvaluation(sql, actor, evaluationId, { event: 'refuse', fault: 'SUBMITTER', ...misfit });
    return;
  }
  if (await transition(sql, actor, evaluationId, 'ready', { protocol: askedProtocol ?? report.protocol }))
    await enqueue(sql, { checkpointId, evaluationId, submitter }, [{ kind: 'PLAN' }]);
}
