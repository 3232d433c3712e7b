// All that the pages read of the environment, at run time, so that one build serves every deployment. An empty variable is not set.
// docs/settings.md names them; packages/settings/documented.test.ts looks there for those of this file.

const { env } = process;

/** Where this process reaches the API. */
export function apiUrl(): string {
  return address('API_URL', env.API_URL) ?? `http://127.0.0.1:${env.API_PORT || 4000}`;
}

/** Where a reader's browser reaches the API: the same, unless the web process sees it under an inner name. */
export function publicApiUrl(): string {
  return address('PUBLIC_API_URL', env.PUBLIC_API_URL) ?? apiUrl();
}

/** Which checkpoints are the built-in ones, as whoever starts the platform names them: "toy-clip=<sha256>,...". */
export function builtinCheckpoints(): string {
  return env.BUILTIN_CHECKPOINTS ?? '';
}

function address(name: string, text: string | undefined): string | null {
  if (!text) return null;
  if (/^https?:/.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new Error(`${name} is ${JSON.stringify(text)}: give an address like http://127.0.0.1:4000.`);
}
