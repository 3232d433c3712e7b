/** What mends a fault: words, and the commands that do it. */
export interface Remedy {
  readonly words: string;
  readonly commands: readonly string[];
}

/** Programs that remedies call; other words between backticks are names of fields and files. */
const COMMAND = /`((?:cd|cp|mv|rm|mkdir|hf|git|iconv|optimum-cli|python|tar|unzip|unrar|7z|npx) [^`]+)`/g;

/** Takes the commands out of a remedy, whose words then read on without them. */
export function remedyOf(remedy: string): Remedy {
  const commands = [...remedy.matchAll(COMMAND)].map(([, command]) => command ?? '');
  const words = remedy
    .replace(COMMAND, '')
    .replace(/\s*\(\s*\)/g, '')
    .replace(/\s+([,.;:])/g, '$1')
    .replace(/[,:]+\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return {
    words: words && `${words.charAt(0).toUpperCase()}${words.slice(1)}${commands.length > 0 ? ':' : '.'}`,
    commands,
  };
}

interface Fault {
  readonly file: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

/** Faults of which the same is to be said, with all their files, in the order of their first. */
export function grouped<F extends Fault>(faults: readonly F[]): (F & { readonly files: readonly string[] })[] {
  const groups = new Map<string, F & { files: string[] }>();
  for (const fault of faults) {
    const key = JSON.stringify([fault.expected, fault.found, fault.remedy]);
    const group = groups.get(key);
    if (group) group.files.push(fault.file);
    else groups.set(key, { ...fault, files: [fault.file] });
  }
  return [...groups.values()];
}
