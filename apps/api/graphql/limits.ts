import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import type { GraphQLError, ValidationContext, ValidationRule } from 'graphql';

/** Levels of braces; the deepest useful query has 7. */
export const MAX_DEPTH = 12;
const MAX_ALIASES = 30;
const MAX_DIRECTIVES = 50;

/** Bytes of a request's body: a manifest of MAX_FILES paths fits, each as long as it may be and escaped. */
export const MAX_REQUEST_BYTES = 2 * 1024 * 1024;
/** Bytes of a document, and of a socket's message, which carries no manifest. */
export const MAX_DOCUMENT_BYTES = 256 * 1024;

/** Names, braces and values in one document. */
export const PARSE_OPTIONS = { maxTokens: 2000 };

/** Operations that one socket may have under way. */
export const MAX_OPERATIONS_PER_SOCKET = 100;

/** Reported with the document's other errors; the rules would otherwise throw out of the validation. */
const reported = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) => {
      context?.reportError(error);
    },
  ],
};

/** Checked for every operation, over HTTP and over sockets, before it costs anything. */
export const LIMIT_RULES: ValidationRule[] = [
  maxDepthRule({ ...reported, n: MAX_DEPTH, flattenFragments: true }),
  maxAliasesRule({ ...reported, n: MAX_ALIASES }),
  maxDirectivesRule({ ...reported, n: MAX_DIRECTIVES }),
];
