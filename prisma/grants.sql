-- All that a worker may do in the database. Run by its owner after each migration; give the role to whom workers connect as:
--   GRANT gdbench_worker TO somebody;
-- A worker needs to own nothing and to be no superuser.
DO $$
BEGIN
  CREATE ROLE gdbench_worker NOLOGIN;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

GRANT USAGE ON SCHEMA public, graphile_worker TO gdbench_worker;
-- whether all migrations are applied; applying them is the owner's
GRANT SELECT ON "_prisma_migrations", graphile_worker.migrations TO gdbench_worker;

-- what it works on
GRANT SELECT ON "Submission", "CheckpointFile" TO gdbench_worker;
GRANT SELECT, UPDATE ON "Checkpoint", "Evaluation" TO gdbench_worker;
GRANT SELECT, INSERT, UPDATE ON "EvaluationTask", "Work", "Shard" TO gdbench_worker;

-- what comes of it
GRANT SELECT, INSERT ON "ExampleScore" TO gdbench_worker;
GRANT SELECT, INSERT, UPDATE ON "Result", "Worker" TO gdbench_worker;
GRANT SELECT, UPDATE ON "Board" TO gdbench_worker;
GRANT SELECT, INSERT ON "Measurement" TO gdbench_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON "LeaderboardRow" TO gdbench_worker;
GRANT SELECT, INSERT ON "LogLine" TO gdbench_worker;
GRANT USAGE ON SEQUENCE "LogLine_id_seq" TO gdbench_worker;

-- chores: the library's tables have row-level security and no policies
GRANT SELECT ON graphile_worker.jobs TO gdbench_worker;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON graphile_worker._private_jobs, graphile_worker._private_job_queues, graphile_worker._private_tasks TO gdbench_worker;
GRANT SELECT ON graphile_worker._private_known_crontabs TO gdbench_worker;
DO $$
DECLARE
  library_table text;
BEGIN
  FOREACH library_table IN ARRAY ARRAY['_private_jobs', '_private_job_queues', '_private_tasks', '_private_known_crontabs'] LOOP
    EXECUTE format('DROP POLICY IF EXISTS gdbench_worker ON graphile_worker.%I', library_table);
    EXECUTE format('CREATE POLICY gdbench_worker ON graphile_worker.%I TO gdbench_worker USING (true) WITH CHECK (true)', library_table);
  END LOOP;
END $$;
