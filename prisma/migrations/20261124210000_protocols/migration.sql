-- AlterTable
ALTER TABLE "Evaluation" ADD COLUMN "askedProtocol" TEXT;

-- AlterTable: rows that stand on the board have the protocol of their evaluation
ALTER TABLE "LeaderboardRow" ADD COLUMN "protocol" TEXT;
UPDATE "LeaderboardRow" r SET "protocol" = coalesce(e."protocol", '') FROM "Evaluation" e WHERE e."id" = r."evaluationId";
ALTER TABLE "LeaderboardRow" ALTER COLUMN "protocol" SET NOT NULL;

-- AlterTable
ALTER TABLE "Shard" ADD COLUMN "errorsSha256" TEXT,
ADD COLUMN "errorsBytes" BIGINT;
