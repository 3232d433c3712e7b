'use client';

import { createContext, type ReactNode, useContext } from 'react';

const Origin = createContext('');

/** Where the reader's browser reaches the API; known to the server at run time only. */
export function ApiOrigin({ origin, children }: { origin: string; children: ReactNode }) {
  return <Origin value={origin}>{children}</Origin>;
}

export function useApiOrigin(): string {
  return useContext(Origin);
}
