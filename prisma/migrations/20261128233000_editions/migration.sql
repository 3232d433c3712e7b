-- CreateEnum
CREATE TYPE "EditionState" AS ENUM ('WHOLE', 'PART', 'UNKNOWN');

-- AlterTable
ALTER TABLE "EvaluationTask" ADD COLUMN     "edition" TEXT,
ADD COLUMN     "editionOf" INTEGER,
ADD COLUMN     "editionState" "EditionState";

-- AlterTable
ALTER TABLE "TaskResult" ADD COLUMN     "sizes" INTEGER[] DEFAULT ARRAY[]::INTEGER[];

-- Of what was planned before, all examples of the built-in set of that time are known to be whole, and nothing else is.
UPDATE "EvaluationTask" t SET "editionState" = 'WHOLE', edition = 'builtin 4', "editionOf" = t.examples
  FROM "Evaluation" e, (VALUES
    ('clevr', '60e9bd45d3ffdd5b'),
    ('winoground', '31cd7f90beb1d819'),
    ('flickr30k_image', '53f0bcaa034f64cf'),
    ('flickr30k_text', 'ccb8925f2b4d8bf7'),
    ('imagecode', 'a7c0db79a48d5937'),
    ('imagecode_video', '56e3162176951ff0'),
    ('svo_verb', '37f22ceee01f93c1'),
    ('svo_subj', '0aca0bc17da88b50'),
    ('svo_obj', 'd280bacd2c4febce'),
    ('vg_relation', 'dfb51a64ace3d488'),
    ('vg_attribution', '4682dd3717684098'),
    ('coco_order', '4ceb26ad594c07ca'),
    ('flickr30k_order', 'f04b360a2aa0fe0e'),
    ('pets', 'df2843ce97fad3ed'),
    ('mmbias', 'e1e8e7c21fad4b4a'),
    ('genderbias', 'f93769effcd1d374')) AS builtin(task, version)
  WHERE e.id = t."evaluationId" AND e."limit" IS NULL AND t.task = builtin.task AND t."dataVersion" = builtin.version;
UPDATE "EvaluationTask" SET "editionState" = 'UNKNOWN' WHERE "editionState" IS NULL;
UPDATE "LeaderboardRow" r SET "rankValue" = NULL, "rankLow" = NULL, "rankHigh" = NULL
  WHERE NOT EXISTS (
    SELECT 1 FROM "EvaluationTask" t
    WHERE t."evaluationId" = r."evaluationId" AND t.task = 'clevr' AND t."editionState" = 'WHOLE');
UPDATE "Board" SET version = version + 1;
