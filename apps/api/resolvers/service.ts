import { CODE_VERSION } from '@gdbench/benchmark/version';
import type { Resolvers } from '../generated/resolvers.ts';

export const service: Resolvers = {
  Query: {
    service: (_root, _args, { services: { webUrl } }) => ({ webUrl, codeVersion: CODE_VERSION }),
  },
};
