import type { IncomingMessage } from 'node:http';
import type { Actor } from '@gdbench/prisma/actor';

/** Who asks. There are no accounts, so that everybody is nobody in particular. */
export interface Viewer {
  readonly kind: 'ANONYMOUS';
}

/** Who sends a request over HTTP, or opens a socket by it. */
export function viewerOf(_request: IncomingMessage): Viewer {
  return { kind: 'ANONYMOUS' };
}

const ACTORS = { ANONYMOUS: 'anonymous' } as const satisfies Record<Viewer['kind'], Actor>;

/** As whom a viewer changes something. */
export const actorOf = ({ kind }: Viewer): Actor => ACTORS[kind];
