-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "EvaluationState" AS ENUM ('UPLOADING', 'INSPECTING', 'REFUSED', 'QUEUED', 'SCORING', 'DONE', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "ShardState" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "CheckpointKind" AS ENUM ('DIFFUSION', 'DUAL_ENCODER', 'MATCHING_HEAD');

-- CreateEnum
CREATE TYPE "Fault" AS ENUM ('SUBMITTER', 'SERVICE');

-- CreateTable
CREATE TABLE "Checkpoint" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "kind" "CheckpointKind",
    "parameters" BIGINT,
    "report" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Checkpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Submission" (
    "id" UUID NOT NULL,
    "checkpointId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Submission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SubmissionFile" (
    "id" UUID NOT NULL,
    "submissionId" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "stored" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "SubmissionFile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Evaluation" (
    "id" UUID NOT NULL,
    "submissionId" UUID NOT NULL,
    "checkpointId" UUID NOT NULL,
    "state" "EvaluationState" NOT NULL DEFAULT 'UPLOADING',
    "stateSince" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "samples" INTEGER NOT NULL,
    "seed" INTEGER NOT NULL,
    "limit" INTEGER,
    "protocol" TEXT,
    "shardsDone" INTEGER NOT NULL DEFAULT 0,
    "shardsTotal" INTEGER NOT NULL DEFAULT 0,
    "retriedShards" INTEGER NOT NULL DEFAULT 0,
    "fault" "Fault",
    "reason" TEXT,
    "remedy" TEXT,
    "warnings" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "leaseToken" UUID,
    "leaseExpiresAt" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "heartbeatAt" TIMESTAMPTZ(3),
    "workerId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "uploadedAt" TIMESTAMPTZ(3),
    "inspectedAt" TIMESTAMPTZ(3),
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Evaluation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EvaluationTask" (
    "evaluationId" UUID NOT NULL,
    "task" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "dataVersion" TEXT NOT NULL,
    "examples" INTEGER NOT NULL,
    "examplesDone" INTEGER NOT NULL DEFAULT 0,
    "shardsTotal" INTEGER NOT NULL,
    "shardsDone" INTEGER NOT NULL DEFAULT 0,
    "ties" INTEGER,

    CONSTRAINT "EvaluationTask_pkey" PRIMARY KEY ("evaluationId","task")
);

-- CreateTable
CREATE TABLE "Shard" (
    "id" UUID NOT NULL,
    "evaluationId" UUID NOT NULL,
    "task" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "from" INTEGER NOT NULL,
    "to" INTEGER NOT NULL,
    "cost" INTEGER NOT NULL,
    "state" "ShardState" NOT NULL DEFAULT 'QUEUED',
    "leaseToken" UUID,
    "leaseExpiresAt" TIMESTAMPTZ(3),
    "workerId" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "examplesDone" INTEGER NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ(3),
    "heartbeatAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "Shard_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ExampleScore" (
    "evaluationId" UUID NOT NULL,
    "task" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "example" TEXT NOT NULL,
    "scores" DOUBLE PRECISION[],
    "images" INTEGER NOT NULL,

    CONSTRAINT "ExampleScore_pkey" PRIMARY KEY ("evaluationId","task","index")
);

-- CreateTable
CREATE TABLE "TaskResult" (
    "evaluationId" UUID NOT NULL,
    "task" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "value" DOUBLE PRECISION,
    "low" DOUBLE PRECISION,
    "high" DOUBLE PRECISION,
    "chance" DOUBLE PRECISION,
    "n" INTEGER NOT NULL,
    "complete" BOOLEAN NOT NULL,

    CONSTRAINT "TaskResult_pkey" PRIMARY KEY ("evaluationId","task","metric")
);

-- CreateTable
CREATE TABLE "LeaderboardRow" (
    "evaluationId" UUID NOT NULL,
    "rankValue" DOUBLE PRECISION,
    "rankLow" DOUBLE PRECISION,
    "rankHigh" DOUBLE PRECISION,
    "results" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "LeaderboardRow_pkey" PRIMARY KEY ("evaluationId")
);

-- CreateTable
CREATE TABLE "Board" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "Board_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Worker" (
    "id" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "device" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeatAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Worker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LogLine" (
    "id" BIGSERIAL NOT NULL,
    "evaluationId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stage" TEXT NOT NULL,
    "worker" TEXT,
    "message" TEXT NOT NULL,

    CONSTRAINT "LogLine_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Checkpoint_sha256_idx" ON "Checkpoint"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "Submission_checkpointId_key" ON "Submission"("checkpointId");

-- CreateIndex
CREATE UNIQUE INDEX "SubmissionFile_submissionId_path_key" ON "SubmissionFile"("submissionId", "path");

-- CreateIndex
CREATE UNIQUE INDEX "Evaluation_submissionId_key" ON "Evaluation"("submissionId");

-- CreateIndex
CREATE UNIQUE INDEX "Evaluation_checkpointId_key" ON "Evaluation"("checkpointId");

-- CreateIndex
CREATE INDEX "Evaluation_state_stateSince_idx" ON "Evaluation"("state", "stateSince");

-- CreateIndex
CREATE INDEX "Shard_state_leaseExpiresAt_idx" ON "Shard"("state", "leaseExpiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Shard_evaluationId_position_key" ON "Shard"("evaluationId", "position");

-- CreateIndex
CREATE INDEX "LeaderboardRow_rankValue_evaluationId_idx" ON "LeaderboardRow"("rankValue" DESC NULLS LAST, "evaluationId");

-- CreateIndex
CREATE INDEX "LogLine_evaluationId_id_idx" ON "LogLine"("evaluationId", "id");

-- AddForeignKey
ALTER TABLE "Submission" ADD CONSTRAINT "Submission_checkpointId_fkey" FOREIGN KEY ("checkpointId") REFERENCES "Checkpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SubmissionFile" ADD CONSTRAINT "SubmissionFile_submissionId_fkey" FOREIGN KEY ("submissionId") REFERENCES "Submission"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evaluation" ADD CONSTRAINT "Evaluation_submissionId_fkey" FOREIGN KEY ("submissionId") REFERENCES "Submission"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evaluation" ADD CONSTRAINT "Evaluation_checkpointId_fkey" FOREIGN KEY ("checkpointId") REFERENCES "Checkpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EvaluationTask" ADD CONSTRAINT "EvaluationTask_evaluationId_fkey" FOREIGN KEY ("evaluationId") REFERENCES "Evaluation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Shard" ADD CONSTRAINT "Shard_evaluationId_fkey" FOREIGN KEY ("evaluationId") REFERENCES "Evaluation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ExampleScore" ADD CONSTRAINT "ExampleScore_evaluationId_fkey" FOREIGN KEY ("evaluationId") REFERENCES "Evaluation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TaskResult" ADD CONSTRAINT "TaskResult_evaluationId_fkey" FOREIGN KEY ("evaluationId") REFERENCES "Evaluation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LeaderboardRow" ADD CONSTRAINT "LeaderboardRow_evaluationId_fkey" FOREIGN KEY ("evaluationId") REFERENCES "Evaluation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LogLine" ADD CONSTRAINT "LogLine_evaluationId_fkey" FOREIGN KEY ("evaluationId") REFERENCES "Evaluation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

