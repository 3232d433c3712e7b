/** States in which a submission needs nothing more from its submitter. */
const UNDER_WAY = new Set(['INSPECTING', 'QUEUED', 'SCORING', 'DONE']);

const QUERY = 'query ($sha256: String!) { submissions(sha256: $sha256) { checkpoint { name } evaluation { state } } }';

interface Answer {
  data: { submissions: { checkpoint: { name: string }; evaluation: { state: string } }[] };
}

/** Whether the checkpoint stands on the board under this name, or is on its way there with all of its files. */
export async function isSubmitted(apiUrl: string, name: string, sha256: string): Promise<boolean> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables: { sha256 } }),
  });
  const { data } = (await response.json()) as Answer;
  return data.submissions.some(
    ({ checkpoint, evaluation }) => checkpoint.name === name && UNDER_WAY.has(evaluation.state),
  );
}
