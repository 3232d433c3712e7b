import { builtinCheckpoints } from './settings.ts';

/**
 * The sha256 of each built-in checkpoint by its name, as whoever starts the platform names them in BUILTIN_CHECKPOINTS
 * ("toy-clip=<sha256>,..."); a name alone would be anybody's. Read at run time, as the API's address is.
 */
export function builtinSha256s(setting = builtinCheckpoints()): ReadonlyMap<string, string> {
  const pairs = setting.split(',').flatMap((part) => {
    const [, name, sha256] = /^\s*([^=\s]+)=([0-9a-f]{64})\s*$/.exec(part) ?? [];
    return name && sha256 ? [[name, sha256] as const] : [];
  });
  return new Map(pairs);
}
