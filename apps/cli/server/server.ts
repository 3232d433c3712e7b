import { ask, NoAnswer, NoGraphql, type Operation, OperationRefused } from '@gdbench/schema/ask';
import { runningApi } from '@gdbench/settings/running-api';
import type { Command } from 'commander';
import { CliFault } from '../fault.ts';
import { ServicePagesDocument } from '../generated/graphql.ts';

/** The service that a command talks to. */
export interface Server {
  /** Origin of the API, without a slash at the end. */
  readonly url: string;
  readonly token?: string;
}

/** What every command that talks to a service takes. */
export interface ServerOptions {
  server?: string;
  token?: string;
  json?: boolean;
}

export function serverOptions(command: Command, json: string): Command {
  return command
    .option(
      '--server <url>',
      'address of the API (default: GDBENCH_SERVER, else that of the "npm start" of GDBENCH_HOME, else this machine)',
    )
    .option('--token <token>', 'access token (default: GDBENCH_TOKEN)')
    .option('--json', json);
}

/**
 * Reads --server and --token; GDBENCH_SERVER and GDBENCH_TOKEN stand in for them. Without an address: API_PORT on this
 * machine where it is set, else what the platform that runs with this home says of itself, else port 4000.
 */
export async function serverOf(options: ServerOptions): Promise<Server> {
  const { isSet, readSettings } = await import('@gdbench/settings/settings');
  const set = readSettings(['GDBENCH_SERVER', 'GDBENCH_TOKEN', 'API_PORT', 'GDBENCH_HOME']);
  const own = isSet('API_PORT') ? null : runningApi(set.GDBENCH_HOME);
  const given = options.server ?? set.GDBENCH_SERVER ?? own ?? `http://localhost:${set.API_PORT}`;
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw new CliFault(`--server is "${given}", which is no address: give one like http://localhost:4000.`, 2);
  const url = new URL(given);
  const token = options.token ?? set.GDBENCH_TOKEN;
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, ...(token ? { token } : {}) };
}

export function authorization(server: Server): Record<string, string> {
  return server.token ? { authorization: `Bearer ${server.token}` } : {};
}

/**
 * The page of a submission: GDBENCH_WEB's, else where the API says that its pages are. Null where it does not know, or says
 * "this machine" and is not on this one.
 */
export async function submissionPage(server: Server, submissionId: string): Promise<string | null> {
  const { readSettings } = await import('@gdbench/settings/settings');
  const web = readSettings(['GDBENCH_WEB']).GDBENCH_WEB ?? (await webUrlOf(server));
  if (!web || (isLoopback(web) && !isLoopback(server.url))) return null;
  return `${web.replace(/\/+$/, '')}/submissions/${submissionId}`;
}

/** A page is no reason to fail what was asked for. */
function webUrlOf(server: Server): Promise<string | null> {
  return askServer(server, ServicePagesDocument, {}).then(
    ({ service }) => service.webUrl,
    () => null,
  );
}

function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

/** Runs one GraphQL operation. Throws CliFault with the server's sentence, or ours when nothing answers, or not in time. */
export async function askServer<Data, Variables>(
  server: Server,
  operation: Operation<Data, Variables>,
  variables: Variables,
  { seconds }: { seconds?: number } = {},
): Promise<Data> {
  const signal = seconds === undefined ? {} : { signal: AbortSignal.timeout(seconds * 1000) };
  try {
    return await ask(server.url, operation, variables, { headers: authorization(server), ...signal });
  } catch (error) {
    throw faultOf(error, server);
  }
}

function faultOf(error: unknown, { url }: Server): unknown {
  if (error instanceof OperationRefused) return new CliFault(`The server answered: ${error.message}`);
  if (error instanceof NoAnswer)
    return new CliFault(`No server answers at ${url}: start one with "npm start", or give its address with --server.`);
  if (error instanceof NoGraphql)
    return new CliFault(`${url} answered ${error.status} and no GraphQL: check the address given with --server.`);
  return error;
}
