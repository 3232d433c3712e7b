-- A shard that is not the last of its task is counted when it is done: of evaluations that go on those that are not done count later
UPDATE "EvaluationTask" t SET "shardsTotal" = 1 + (
  SELECT count(*) FROM "Work" w JOIN "Shard" s ON s."workId" = w."id"
  WHERE s."evaluationId" = t."evaluationId" AND s."task" = t."task" AND w."state" = 'DONE' AND s."to" < t."examples")
FROM "Evaluation" e WHERE e."id" = t."evaluationId" AND e."state" IN ('QUEUED', 'SCORING');
UPDATE "Evaluation" e SET "shardsTotal" = (SELECT sum(t."shardsTotal") FROM "EvaluationTask" t WHERE t."evaluationId" = e."id")
WHERE e."state" IN ('QUEUED', 'SCORING');
