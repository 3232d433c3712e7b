/** An operation, with the types of its variables and of its data, as they are generated from the contract beside who asks. */
export interface Operation<Data, Variables> {
  // nothing stands here: it carries the types, and keeps a plain string from being taken for an operation
  readonly __apiType?: (variables: Variables) => Data;
}

export interface OperationError {
  /** One sentence. */
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly logId?: string };
}

/** What came back over HTTP. */
export interface Answer<Data> {
  readonly status: number;
  readonly data: Data | null;
  readonly errors: readonly OperationError[];
}

/** Nothing answers at the address, or not in time; the cause says why. */
export class NoAnswer extends Error {
  constructor(url: string, cause: unknown) {
    super(`Nothing answers at ${url}.`, { cause });
  }
}

/** Something answers, and it is no GraphQL. */
export class NoGraphql extends Error {
  readonly status: number;

  constructor(url: string, status: number) {
    super(`${url} answered ${status} and no GraphQL.`);
    this.status = status;
  }
}

/** The API answered with errors: the message is the first one's sentence. */
export class OperationRefused extends Error {
  readonly errors: readonly OperationError[];

  constructor(errors: readonly [OperationError, ...OperationError[]]) {
    super(errors[0].message);
    this.errors = errors;
  }
}

export interface AskOptions {
  /** Beside the content's type, e.g. authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly cache?: RequestCache;
}

/**
 * Sends one operation and gives what came back, which may be data and errors both.
 *
 * @param url origin of the API, without a slash at the end
 * @throws NoAnswer, NoGraphql
 */
export async function answerTo<Data, Variables>(
  url: string,
  operation: Operation<Data, Variables>,
  variables: Variables,
  { headers, ...options }: AskOptions = {},
): Promise<Answer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: String(operation), variables }),
    ...options,
  }).catch((error: unknown) => {
    throw new NoAnswer(url, error);
  });
  const text = await response.text().catch((error: unknown) => {
    throw new NoAnswer(url, error);
  });
  const { data = null, errors = [] } = parsed<Data>(text);
  if (data === null && errors.length === 0) throw new NoGraphql(url, response.status);
  return { status: response.status, data, errors };
}

/** Empty where it is no JSON. */
function parsed<Data>(text: string): Partial<Answer<Data>> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/**
 * Sends one operation and gives its data, whole.
 *
 * @param url origin of the API, without a slash at the end
 * @throws NoAnswer, NoGraphql, OperationRefused
 */
export async function ask<Data, Variables>(
  url: string,
  operation: Operation<Data, Variables>,
  variables: Variables,
  options?: AskOptions,
): Promise<Data> {
  const { status, data, errors } = await answerTo(url, operation, variables, options);
  const [first, ...others] = errors;
  if (first) throw new OperationRefused([first, ...others]);
  if (!data) throw new NoGraphql(url, status);
  return data;
}
