-- CreateIndex
CREATE INDEX "Evaluation_state_createdAt_id_idx" ON "Evaluation"("state", "createdAt", "id");
