/** Where this process reaches the API. Read at run time, so that one build serves every deployment. */
export function apiUrl(): string {
  return withoutSlash(process.env.API_URL ?? `http://127.0.0.1:${process.env.API_PORT ?? '4000'}`);
}

/** Where a reader's browser reaches the API: the same, unless the web process sees it under an inner name. */
export function publicApiUrl(): string {
  return withoutSlash(process.env.PUBLIC_API_URL ?? apiUrl());
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
