import { CheckpointEvaluationsDocument } from '../generated/graphql.ts';
import { builtinSha256s } from '../server/builtin.ts';
import { request } from '../server/request.ts';
import { type Standing, standingOf } from './standing.ts';

/** How each of the built-in checkpoints stands now, by name. */
export async function standings(names: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
  const known = builtinSha256s();
  const found = await Promise.all(
    names.map(async (name) => {
      const sha256 = known.get(name);
      if (!sha256) return standingOf(name, null);
      const { submissions } = await request(CheckpointEvaluationsDocument, { sha256 });
      return standingOf(
        name,
        submissions.map(({ evaluation }) => evaluation),
      );
    }),
  );
  return new Map(found.map((standing) => [standing.name, standing]));
}
