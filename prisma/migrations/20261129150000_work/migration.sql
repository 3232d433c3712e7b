-- CreateEnum
CREATE TYPE "WorkKind" AS ENUM ('INSPECT', 'SCORE');
CREATE TYPE "WorkState" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');

-- CreateTable
CREATE TABLE "Work" (
    "id" UUID NOT NULL,
    "kind" "WorkKind" NOT NULL,
    "state" "WorkState" NOT NULL DEFAULT 'QUEUED',
    "checkpointId" UUID NOT NULL,
    "evaluationId" UUID NOT NULL,
    "submitter" TEXT NOT NULL,
    "priority" INTEGER NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "availableAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "leaseToken" UUID,
    "leaseExpiresAt" TIMESTAMPTZ(3),
    "workerId" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "kills" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ(3),
    "heartbeatAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "error" TEXT,
    "fault" "Fault",
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Work_pkey" PRIMARY KEY ("id")
);

-- Shards are work under their own ids; what was under way is given back, as if it had not been begun
INSERT INTO "Work" ("id", "kind", "state", "checkpointId", "evaluationId", "submitter", "priority", "position", "workerId", "attempts",
  "done", "startedAt", "heartbeatAt", "finishedAt", "error", "createdAt")
SELECT s."id", 'SCORE', CASE s."state" WHEN 'RUNNING' THEN 'QUEUED' ELSE s."state"::text END::"WorkState",
  e."checkpointId", s."evaluationId", 'anonymous', CASE WHEN s."startedAt" IS NULL THEN 10 ELSE 5 END,
  (SELECT coalesce(sum(b."examples"), 0) FROM "EvaluationTask" b
    WHERE b."evaluationId" = s."evaluationId" AND b."position" < t."position") + s."from",
  s."workerId", CASE s."state" WHEN 'RUNNING' THEN greatest(s."attempts" - 1, 0) ELSE s."attempts" END,
  CASE s."state" WHEN 'RUNNING' THEN 0 ELSE s."examplesDone" END,
  s."startedAt", s."heartbeatAt", s."finishedAt", s."error", coalesce(e."inspectedAt", e."createdAt")
FROM "Shard" s
JOIN "Evaluation" e ON e."id" = s."evaluationId"
JOIN "EvaluationTask" t ON t."evaluationId" = s."evaluationId" AND t."task" = s."task";

INSERT INTO "Work" ("id", "kind", "checkpointId", "evaluationId", "submitter", "priority", "workerId", "attempts", "startedAt",
  "heartbeatAt", "createdAt")
SELECT gen_random_uuid(), 'INSPECT', "checkpointId", "id", 'anonymous', 0, "workerId",
  CASE WHEN "leaseToken" IS NULL THEN "attempts" ELSE greatest("attempts" - 1, 0) END, "heartbeatAt", "heartbeatAt", "stateSince"
FROM "Evaluation" WHERE "state" = 'INSPECTING';

-- AlterTable
DROP INDEX "Shard_state_leaseExpiresAt_idx";
DROP INDEX "Shard_evaluationId_position_key";
ALTER TABLE "Shard" RENAME COLUMN "id" TO "workId";
ALTER TABLE "Shard" DROP COLUMN "position",
DROP COLUMN "state",
DROP COLUMN "leaseToken",
DROP COLUMN "leaseExpiresAt",
DROP COLUMN "workerId",
DROP COLUMN "attempts",
DROP COLUMN "examplesDone",
DROP COLUMN "startedAt",
DROP COLUMN "heartbeatAt",
DROP COLUMN "finishedAt",
DROP COLUMN "error";
DROP TYPE "ShardState";

-- AlterTable
ALTER TABLE "Evaluation" DROP COLUMN "leaseToken",
DROP COLUMN "leaseExpiresAt",
DROP COLUMN "attempts",
DROP COLUMN "heartbeatAt",
DROP COLUMN "workerId",
ADD COLUMN "rowsPerSecond" DOUBLE PRECISION,
ADD COLUMN "shardSeconds" DOUBLE PRECISION;

-- AlterTable: until now a shard was not done before its task was summarised
ALTER TABLE "EvaluationTask" ADD COLUMN "summarised" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "summariseAt" TIMESTAMPTZ(3);
UPDATE "EvaluationTask" SET "summarised" = "examplesDone";

-- AlterTable
ALTER TABLE "Worker" ADD COLUMN "choresId" TEXT;

-- CreateIndex
CREATE INDEX "Work_state_leaseExpiresAt_idx" ON "Work"("state", "leaseExpiresAt");
CREATE INDEX "Work_evaluationId_position_idx" ON "Work"("evaluationId", "position");
CREATE UNIQUE INDEX "Shard_evaluationId_task_from_key" ON "Shard"("evaluationId", "task", "from");

-- AddForeignKey
ALTER TABLE "Work" ADD CONSTRAINT "Work_checkpointId_fkey" FOREIGN KEY ("checkpointId") REFERENCES "Checkpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Work" ADD CONSTRAINT "Work_evaluationId_fkey" FOREIGN KEY ("evaluationId") REFERENCES "Evaluation"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Shard" ADD CONSTRAINT "Shard_workId_fkey" FOREIGN KEY ("workId") REFERENCES "Work"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The queue library keeps chores alone: nobody takes its jobs of these two kinds any more
DO $$
BEGIN
  IF to_regclass('graphile_worker.jobs') IS NOT NULL THEN
    PERFORM graphile_worker.force_unlock_workers(ARRAY(
      SELECT DISTINCT locked_by FROM graphile_worker.jobs
      WHERE task_identifier IN ('inspect', 'score') AND locked_by IS NOT NULL));
    PERFORM graphile_worker.complete_jobs(ARRAY(
      SELECT id FROM graphile_worker.jobs WHERE task_identifier IN ('inspect', 'score')));
  END IF;
END $$;
