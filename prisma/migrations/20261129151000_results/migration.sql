-- One row a metric, of which a row of the board was a second copy
ALTER TABLE "TaskResult" RENAME TO "Result";
ALTER TABLE "Result" RENAME CONSTRAINT "TaskResult_pkey" TO "Result_pkey";
ALTER TABLE "Result" RENAME CONSTRAINT "TaskResult_evaluationId_fkey" TO "Result_evaluationId_fkey";
ALTER TABLE "LeaderboardRow" DROP COLUMN "results";

-- AlterTable: what has results was inspected, so its protocol is known
ALTER TABLE "Result" ADD COLUMN "protocol" TEXT;
UPDATE "Result" r SET "protocol" = coalesce(e."protocol", '') FROM "Evaluation" e WHERE e."id" = r."evaluationId";
ALTER TABLE "Result" ALTER COLUMN "protocol" SET NOT NULL;

-- AlterTable: of what was scored before it is not known
ALTER TABLE "Evaluation" ADD COLUMN "codeVersion" TEXT;

-- CreateIndex
CREATE INDEX "Result_protocol_task_metric_complete_value_evaluationId_idx" ON "Result"("protocol", "task", "metric", "complete", "value", "evaluationId");
