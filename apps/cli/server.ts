import { CliFault } from './fault.ts';

/** The service that a command talks to. */
export interface Server {
  /** Origin of the API, without a slash at the end. */
  readonly url: string;
  readonly token?: string;
}

/** Reads --server and --token; the environment's GDBENCH_SERVER and GDBENCH_TOKEN stand in for them. */
export function serverOf(options: { server?: string; token?: string }): Server {
  const given = options.server ?? (process.env.GDBENCH_SERVER || `http://localhost:${process.env.API_PORT || 4000}`);
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw new CliFault(`--server is "${given}", which is no address: give one like http://localhost:4000.`, 2);
  const url = new URL(given);
  const token = options.token ?? process.env.GDBENCH_TOKEN;
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, ...(token ? { token } : {}) };
}

export function authorization(server: Server): Record<string, string> {
  return server.token ? { authorization: `Bearer ${server.token}` } : {};
}

/** The page of a submission: GDBENCH_WEB's, else that of `npm start` on this machine, else the API's own origin. */
export function submissionPage(server: Server, submissionId: string): string {
  const { origin, hostname } = new URL(server.url);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const web = process.env.GDBENCH_WEB || (isLocal ? `http://localhost:${process.env.WEB_PORT || 3000}` : origin);
  return `${web.replace(/\/+$/, '')}/submissions/${submissionId}`;
}

interface GraphqlAnswer<T> {
  data?: T | null;
  errors?: { message: string }[];
}

/** Runs one GraphQL operation. Throws CliFault with the server's sentence, or ours when nothing answers, or not in time. */
export async function ask<T>(
  server: Server,
  query: string,
  variables: Record<string, unknown>,
  { seconds }: { seconds?: number } = {},
): Promise<T> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization(server) },
    body: JSON.stringify({ query, variables }),
    ...(seconds === undefined ? {} : { signal: AbortSignal.timeout(seconds * 1000) }),
  }).catch(() => {
    throw new CliFault(
      `No server answers at ${server.url}: start one with "npm start", or give its address with --server.`,
    );
  });
  const answer = (await response.json().catch(() => undefined)) as GraphqlAnswer<T> | undefined;
  const [error] = answer?.errors ?? [];
  if (error) throw new CliFault(`The server answered: ${error.message}`);
  if (!answer?.data)
    throw new CliFault(
      `${server.url} answered ${response.status} and no GraphQL: check the address given with --server.`,
    );
  return answer.data;
}
