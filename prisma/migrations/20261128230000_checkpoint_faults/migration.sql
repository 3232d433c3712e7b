-- AlterTable
ALTER TABLE "Evaluation" ADD COLUMN "faults" JSONB;
