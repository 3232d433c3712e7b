import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { SubmissionDocument, TasksDocument } from '../../../generated/graphql.ts';
import { request } from '../../../server/request.ts';
import { Submission } from '../../../submission/submission.tsx';

type Props = { params: Promise<{ id: string }> };

/** Asked for by the page and by its title: once a request. */
const submissionById = cache(async (id: string) => (await request(SubmissionDocument, { id })).submission);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const submission = await submissionById((await params).id);
  const title = submission?.evaluation.checkpoint.name ?? 'Unknown submission';
  return { title, openGraph: { title: `${title} on the GDBench Leaderboard` } };
}

export default async function SubmissionPage({ params }: Props) {
  const { id } = await params;
  const [submission, { dataSet, tasks }] = await Promise.all([submissionById(id), request(TasksDocument, {})]);
  if (!submission) notFound();
  return (
    <Submission key={submission.id} submission={submission} dataSet={dataSet} tasks={tasks} serverNow={Date.now()} />
  );
}
