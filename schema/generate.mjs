import { generate } from '@graphql-codegen/cli';
import { config } from './codegen.ts';

try {
  await generate(config, true);
} catch (error) {
  console.error(`The GraphQL types could not be generated: ${reason(error)}`);
  process.exitCode = 1;
}

/** The first sentence that says which file is at fault. */
function reason(error) {
  const inner = error.errors?.[0] ?? error;
  return (inner.message ?? String(inner)).trim();
}
