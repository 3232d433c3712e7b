-- A checkpoint keeps what inspection found as it was found, and no second copy of parts of it
UPDATE "Checkpoint" SET "report" = "report" -> 'engine' WHERE jsonb_typeof("report" -> 'engine') = 'object';
