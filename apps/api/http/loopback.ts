import type { RequestHandler } from 'express';

/** Names of this machine itself, as they stand in an address. */
export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** The host's name without its port, or null when it is none. */
function hostname(address: string): string | null {
  try {
    return new URL(address).hostname;
  } catch {
    return null;
  }
}

interface Headers {
  host?: string | undefined;
  origin?: string | undefined;
}

/**
 * Why a request is refused, or null when it is welcome. There are no accounts, so being on this machine, or in a network that
 * reaches it, is the only credential: a foreign page must not act through a reader's browser (Origin), nor reach us under a
 * name of its own that it lets point to our address (Host). `hosts` are the names that are ours.
 */
export function refusal({ host, origin }: Headers, hosts: ReadonlySet<string>): string | null {
  const own = host === undefined ? null : hostname(`http://${host}`);
  if (own === null || !hosts.has(own))
    return 'This API does not go by that name: address it as localhost or 127.0.0.1, or list the name in API_ALLOWED_HOSTS.';
  if (origin === undefined) return null;
  const page = hostname(origin);
  if (page !== null && hosts.has(page)) return null;
  return 'Pages of other origins may not use this API.';
}

/** Refuses foreign hosts and origins with 403, and lets pages of our own names read the answers (CORS). */
export function guardOrigin(hosts: ReadonlySet<string>): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    const reason = refusal(request.headers, hosts);
    if (reason !== null) {
      response.status(403).type('text/plain').send(`${reason}\n`);
      return;
    }
    response.vary('Origin');
    if (origin !== undefined) response.set('Access-Control-Allow-Origin', origin);
    if (request.method !== 'OPTIONS' || request.path.startsWith('/uploads')) return next();
    response
      .set({
        'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
        'Access-Control-Allow-Headers': 'content-type, apollo-require-preflight, x-apollo-operation-name',
        'Access-Control-Max-Age': '600',
      })
      .status(204)
      .end();
  };
}
