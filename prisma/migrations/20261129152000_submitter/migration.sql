-- AlterTable: until now everybody submitted without an account
ALTER TABLE "Submission" ADD COLUMN "submitter" TEXT NOT NULL DEFAULT 'anonymous';
ALTER TABLE "Submission" ALTER COLUMN "submitter" DROP DEFAULT;

-- AlterTable: who brought evaluations of before into their states is not known
ALTER TABLE "Evaluation" ADD COLUMN "stateBy" TEXT;
