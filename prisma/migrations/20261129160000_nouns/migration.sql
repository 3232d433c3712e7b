-- Boards, and what each measured: the one board of before becomes "builtin", and each budget and data version that its evaluations were
-- scored by a measurement of it
CREATE TABLE "Measurement" (
    "id" UUID NOT NULL,
    "boardId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "samples" INTEGER NOT NULL,
    "seed" INTEGER NOT NULL,
    "limit" INTEGER,
    "dataVersion" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Measurement_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "Board" RENAME TO "OldBoard";
ALTER TABLE "OldBoard" RENAME CONSTRAINT "Board_pkey" TO "OldBoard_pkey";
CREATE TABLE "Board" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "samples" INTEGER NOT NULL,
    "seed" INTEGER NOT NULL,
    "limit" INTEGER,
    "tasks" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "protocols" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "rankingMetric" TEXT NOT NULL,
    "opens" TIMESTAMPTZ(3),
    "closes" TIMESTAMPTZ(3),
    "version" BIGINT NOT NULL DEFAULT 0,
    "measurementId" UUID,

    CONSTRAINT "Board_pkey" PRIMARY KEY ("id")
);

-- The newest evaluation says what the board asks now; its id sorts before those of boards that are made later, so that it stays the first
INSERT INTO "Board" ("id", "slug", "title", "samples", "seed", "limit", "rankingMetric", "version")
SELECT '00000000-0000-7000-8000-000000000000'::uuid, 'builtin', 'GDBench', e."samples", e."seed", e."limit", 'clevr.average',
  coalesce((SELECT "version" FROM "OldBoard"), 0) + 1
FROM "Evaluation" e ORDER BY e."createdAt" DESC, e."id" DESC LIMIT 1;
DROP TABLE "OldBoard";

ALTER TABLE "Evaluation" ADD COLUMN "measurementId" UUID;

CREATE TEMPORARY TABLE measured ON COMMIT DROP AS
SELECT e."id" AS "evaluationId", e."samples", e."seed", e."limit", e."createdAt",
  encode(sha256(convert_to(string_agg(t."task" || ' ' || t."dataVersion" || E'\n', '' ORDER BY t."task" COLLATE "C"), 'UTF8')), 'hex')
    AS "dataVersion"
FROM "Evaluation" e JOIN "EvaluationTask" t ON t."evaluationId" = e."id"
GROUP BY e."id";

INSERT INTO "Measurement" ("id", "boardId", "number", "samples", "seed", "limit", "dataVersion", "createdAt")
SELECT gen_random_uuid(), b."id", row_number() OVER (ORDER BY min(m."createdAt")), m."samples", m."seed", m."limit", m."dataVersion",
  min(m."createdAt")
FROM measured m CROSS JOIN "Board" b
GROUP BY b."id", m."samples", m."seed", m."limit", m."dataVersion";

UPDATE "Evaluation" e SET "measurementId" = n."id"
FROM measured m JOIN "Measurement" n ON n."samples" = m."samples" AND n."seed" = m."seed" AND n."limit" IS NOT DISTINCT FROM m."limit"
  AND n."dataVersion" = m."dataVersion"
WHERE m."evaluationId" = e."id";

UPDATE "Board" SET "measurementId" = (
  SELECT e."measurementId" FROM "Evaluation" e WHERE e."measurementId" IS NOT NULL ORDER BY e."createdAt" DESC, e."id" DESC LIMIT 1);

-- A submission is an act: under which name, to which board, by which protocol
ALTER TABLE "Submission" ADD COLUMN "boardId" UUID,
ADD COLUMN "name" TEXT,
ADD COLUMN "protocol" TEXT;
UPDATE "Submission" s SET "boardId" = b."id", "name" = c."name", "protocol" = e."askedProtocol"
FROM "Checkpoint" c, "Evaluation" e, "Board" b
WHERE c."id" = s."checkpointId" AND e."submissionId" = s."id";
-- one without an evaluation was never whole
DELETE FROM "Submission" WHERE "boardId" IS NULL;
ALTER TABLE "Submission" ALTER COLUMN "boardId" SET NOT NULL,
ALTER COLUMN "name" SET NOT NULL;

-- A checkpoint is its files, whoever submitted them: equal ones become the oldest
CREATE TYPE "CheckpointState" AS ENUM ('UPLOADING', 'INSPECTING', 'READY', 'REFUSED');
ALTER TABLE "Checkpoint" ADD COLUMN "state" "CheckpointState" NOT NULL DEFAULT 'UPLOADING',
ADD COLUMN "stateSince" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN "stateBy" TEXT;

CREATE TEMPORARY TABLE merged ON COMMIT DROP AS
SELECT "id", first_value("id") OVER (PARTITION BY "sha256" ORDER BY "createdAt", "id") AS "into" FROM "Checkpoint";

CREATE TABLE "FormerId" (
    "id" UUID NOT NULL,
    "becameId" UUID NOT NULL,

    CONSTRAINT "FormerId_pkey" PRIMARY KEY ("id")
);
INSERT INTO "FormerId" ("id", "becameId") SELECT "id", "into" FROM merged WHERE "id" <> "into";

ALTER TABLE "SubmissionFile" RENAME TO "CheckpointFile";
ALTER TABLE "CheckpointFile" RENAME CONSTRAINT "SubmissionFile_pkey" TO "CheckpointFile_pkey";
ALTER TABLE "CheckpointFile" ADD COLUMN "checkpointId" UUID;
UPDATE "CheckpointFile" f SET "checkpointId" = m."into" FROM "Submission" s JOIN merged m ON m."id" = s."checkpointId"
WHERE s."id" = f."submissionId";
DELETE FROM "CheckpointFile" WHERE "checkpointId" IS NULL;

-- equal checkpoints have equal paths, of which each is kept where its oldest is, and is stored where any of them is
CREATE TEMPORARY TABLE merged_files ON COMMIT DROP AS
SELECT f."id", first_value(f."id") OVER kept AS "into", bool_or(f."stored") OVER (PARTITION BY f."checkpointId", f."path") AS "stored"
FROM "CheckpointFile" f JOIN "Submission" s ON s."id" = f."submissionId"
WINDOW kept AS (PARTITION BY f."checkpointId", f."path" ORDER BY s."createdAt", f."id");
INSERT INTO "FormerId" ("id", "becameId") SELECT "id", "into" FROM merged_files WHERE "id" <> "into";
UPDATE "CheckpointFile" f SET "stored" = m."stored" FROM merged_files m WHERE m."id" = f."id";
DELETE FROM "CheckpointFile" f USING merged_files m WHERE m."id" = f."id" AND m."id" <> m."into";
DROP INDEX "SubmissionFile_submissionId_path_key";
ALTER TABLE "CheckpointFile" DROP COLUMN "submissionId",
ALTER COLUMN "checkpointId" SET NOT NULL;

-- what inspection found last of any of them is what is known of all
UPDATE "Checkpoint" k SET "kind" = r."kind", "parameters" = r."parameters", "report" = r."report", "state" = 'READY',
  "stateSince" = r."since"
FROM (
  SELECT DISTINCT ON (m."into") m."into", c."kind", c."parameters", c."report", coalesce(e."inspectedAt", c."createdAt") AS "since"
  FROM merged m JOIN "Checkpoint" c ON c."id" = m."id" JOIN "Evaluation" e ON e."checkpointId" = c."id"
  WHERE c."kind" IS NOT NULL
  ORDER BY m."into", coalesce(e."inspectedAt", c."createdAt") DESC) r
WHERE k."id" = r."into";

-- evaluations wait for a checkpoint that is not READY
DROP INDEX "Evaluation_checkpointId_key";
DROP INDEX "Submission_checkpointId_key";
UPDATE "Evaluation" e SET "checkpointId" = m."into" FROM merged m WHERE m."id" = e."checkpointId" AND m."id" <> m."into";
UPDATE "Submission" s SET "checkpointId" = m."into" FROM merged m WHERE m."id" = s."checkpointId" AND m."id" <> m."into";
UPDATE "Work" w SET "checkpointId" = m."into" FROM merged m WHERE m."id" = w."checkpointId" AND m."id" <> m."into";
DELETE FROM "Checkpoint" c USING merged m WHERE m."id" = c."id" AND m."id" <> m."into";

UPDATE "Checkpoint" c SET "state" = s."state", "stateSince" = s."since"
FROM (
  SELECT e."checkpointId", max(e."stateSince") AS "since",
    CASE
      WHEN NOT bool_or(e."state" IN ('UPLOADING', 'INSPECTING')) THEN
        CASE WHEN bool_or(e."state" = 'REFUSED') THEN 'REFUSED' ELSE 'UPLOADING' END
      WHEN EXISTS (SELECT 1 FROM "CheckpointFile" f WHERE f."checkpointId" = e."checkpointId" AND NOT f."stored") THEN 'UPLOADING'
      ELSE 'INSPECTING'
    END::"CheckpointState" AS "state"
  FROM "Evaluation" e GROUP BY e."checkpointId") s
WHERE s."checkpointId" = c."id" AND c."state" <> 'READY';

-- an inspection is for all who wait; a checkpoint that is accepted already needs a plan of each instead
ALTER TABLE "Work" ALTER COLUMN "evaluationId" DROP NOT NULL;
ALTER TYPE "WorkKind" RENAME TO "OldWorkKind";
CREATE TYPE "WorkKind" AS ENUM ('INSPECT', 'PLAN', 'SCORE');
ALTER TABLE "Work" ALTER COLUMN "kind" TYPE "WorkKind" USING "kind"::text::"WorkKind";
DROP TYPE "OldWorkKind";

DELETE FROM "Work" WHERE "kind" = 'INSPECT' AND "state" IN ('QUEUED', 'RUNNING');
UPDATE "Work" SET "evaluationId" = NULL WHERE "kind" = 'INSPECT';
INSERT INTO "Work" ("id", "kind", "checkpointId", "submitter", "priority")
SELECT gen_random_uuid(), 'INSPECT', "id", 'anonymous', 0 FROM "Checkpoint" WHERE "state" = 'INSPECTING';
INSERT INTO "Work" ("id", "kind", "checkpointId", "evaluationId", "submitter", "priority", "createdAt")
SELECT gen_random_uuid(), 'PLAN', e."checkpointId", e."id", s."submitter", 0, e."createdAt"
FROM "Evaluation" e JOIN "Checkpoint" c ON c."id" = e."checkpointId" JOIN "Submission" s ON s."id" = e."submissionId"
WHERE c."state" = 'READY' AND e."state" IN ('UPLOADING', 'INSPECTING');

ALTER TYPE "EvaluationState" RENAME TO "OldEvaluationState";
CREATE TYPE "EvaluationState" AS ENUM ('WAITING', 'QUEUED', 'SCORING', 'DONE', 'REFUSED', 'FAILED', 'CANCELLED');
ALTER TABLE "Evaluation" ALTER COLUMN "state" DROP DEFAULT;
ALTER TABLE "Evaluation" ALTER COLUMN "state" TYPE "EvaluationState"
  USING CASE WHEN "state"::text IN ('UPLOADING', 'INSPECTING') THEN 'WAITING' ELSE "state"::text END::"EvaluationState";
ALTER TABLE "Evaluation" ALTER COLUMN "state" SET DEFAULT 'WAITING';
DROP TYPE "OldEvaluationState";
UPDATE "Evaluation" e SET "state" = 'QUEUED', "stateSince" = now(), "protocol" = coalesce(e."askedProtocol", c."report" ->> 'protocol')
FROM "Checkpoint" c WHERE c."id" = e."checkpointId" AND c."state" = 'READY' AND e."state" = 'WAITING';

ALTER TABLE "Evaluation" DROP COLUMN "samples",
DROP COLUMN "seed",
DROP COLUMN "limit",
DROP COLUMN "askedProtocol";
ALTER TABLE "Checkpoint" DROP COLUMN "name";

-- rows of the board are of one measurement, and of equal evaluations the newest that is done ranks
ALTER TABLE "LeaderboardRow" ADD COLUMN "measurementId" UUID,
ADD COLUMN "superseded" BOOLEAN NOT NULL DEFAULT false;
UPDATE "LeaderboardRow" r SET "measurementId" = e."measurementId" FROM "Evaluation" e WHERE e."id" = r."evaluationId";
ALTER TABLE "LeaderboardRow" ALTER COLUMN "measurementId" SET NOT NULL;
UPDATE "LeaderboardRow" r SET "superseded" = true
FROM "Evaluation" e JOIN "Submission" s ON s."id" = e."submissionId"
WHERE e."id" = r."evaluationId" AND EXISTS (
  SELECT 1 FROM "Evaluation" n JOIN "Submission" o ON o."id" = n."submissionId"
  WHERE n."state" = 'DONE' AND n."checkpointId" = e."checkpointId" AND n."measurementId" = e."measurementId" AND n."protocol" = e."protocol"
    AND o."submitter" = s."submitter" AND o."name" = s."name" AND (n."createdAt", n."id") > (e."createdAt", e."id"));
ALTER TABLE "Result" ADD COLUMN "measurementId" UUID;
UPDATE "Result" r SET "measurementId" = e."measurementId" FROM "Evaluation" e WHERE e."id" = r."evaluationId";
ALTER TABLE "Result" ALTER COLUMN "measurementId" SET NOT NULL;

-- Indexes and keys
DROP INDEX "Checkpoint_sha256_idx";
DROP INDEX "LeaderboardRow_rankValue_evaluationId_idx";
DROP INDEX "Result_protocol_task_metric_complete_value_evaluationId_idx";
CREATE UNIQUE INDEX "Checkpoint_sha256_key" ON "Checkpoint"("sha256");
CREATE UNIQUE INDEX "CheckpointFile_checkpointId_path_key" ON "CheckpointFile"("checkpointId", "path");
CREATE INDEX "Submission_checkpointId_createdAt_idx" ON "Submission"("checkpointId", "createdAt");
CREATE INDEX "Evaluation_checkpointId_state_idx" ON "Evaluation"("checkpointId", "state");
CREATE INDEX "Result_measurementId_protocol_task_metric_complete_value_ev_idx"
  ON "Result"("measurementId", "protocol", "task", "metric", "complete", "value", "evaluationId");
CREATE INDEX "LeaderboardRow_measurementId_rankValue_evaluationId_idx"
  ON "LeaderboardRow"("measurementId", "rankValue" DESC NULLS LAST, "evaluationId");
CREATE INDEX "Work_checkpointId_idx" ON "Work"("checkpointId");
CREATE UNIQUE INDEX "Board_slug_key" ON "Board"("slug");
CREATE UNIQUE INDEX "Board_measurementId_key" ON "Board"("measurementId");
CREATE UNIQUE INDEX "Measurement_boardId_number_key" ON "Measurement"("boardId", "number");
ALTER TABLE "CheckpointFile" ADD CONSTRAINT "CheckpointFile_checkpointId_fkey"
  FOREIGN KEY ("checkpointId") REFERENCES "Checkpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Submission" ADD CONSTRAINT "Submission_boardId_fkey"
  FOREIGN KEY ("boardId") REFERENCES "Board"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Evaluation" ADD CONSTRAINT "Evaluation_measurementId_fkey"
  FOREIGN KEY ("measurementId") REFERENCES "Measurement"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Board" ADD CONSTRAINT "Board_measurementId_fkey"
  FOREIGN KEY ("measurementId") REFERENCES "Measurement"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Measurement" ADD CONSTRAINT "Measurement_boardId_fkey"
  FOREIGN KEY ("boardId") REFERENCES "Board"("id") ON DELETE CASCADE ON UPDATE CASCADE;
