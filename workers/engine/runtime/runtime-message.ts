import path from 'node:path';

/** Of a message that is shown, and of what is looked at to find one: a graph's own names can make it as long as they like. */
const SHOWN = 240;
const READ = 4000;

/** Where in the runtime's source an error was raised: "/onnxruntime_src/.../reshape_helper.h:91 ". */
const LOCATION = /(?:\/[^\s:]*\/)?[\w-]{1,100}\.(?:h|hpp|cc|cpp|cu|cuh|inl|mm):\d+ /;
/** What CUDA's errors say of the machine and of the source. */
const CUDA_DETAILS = /(?:^|;) *(?:hostname|file|line|expr)=[^;]*/g;

/**
 * What ONNX Runtime says of an error, on one line: without places and signatures of its source, and without this machine's paths.
 *
 * @param source the model's absolute path, or its bytes.
 */
export function runtimeMessage(error: unknown, source: string | Uint8Array): string {
  let line = (error instanceof Error ? error.message : String(error)).slice(0, READ).replace(/\s+/g, ' ').trim();
  for (const folder of [...(typeof source === 'string' ? [path.dirname(source)] : []), process.cwd()]) {
    if (folder.length > 1) line = line.replaceAll(`${folder}${path.sep}`, '').replaceAll(folder, 'the folder');
  }
  line = withoutLocations(line.replace(CUDA_DETAILS, '')).replace(/(?:\.|[\s;]+)$/, '');
  return line.length > SHOWN ? `${line.slice(0, SHOWN).trimEnd()}...` : line;
}

function withoutLocations(line: string): string {
  const found = LOCATION.exec(line);
  if (!found) return line;
  const before = line.slice(0, found.index);
  const after = line.slice(found.index + found[0].length);
  return before + withoutLocations(after.slice(functionLength(after)));
}

/** Characters of the function that a location ends with: a whole signature ("T ns::f(int) const [with T = int] "), or a bare name. */
function functionLength(text: string): number {
  const open = text.indexOf('(');
  const head = text.slice(0, Math.max(0, open));
  if (!head.includes('::') || !/^[\w:<>&*~,=[\] ]+$/.test(head)) return /^\w+ /.exec(text)?.[0].length ?? 0;
  let depth = 0;
  let end = open;
  do {
    if (text[end] === '(') depth++;
    if (text[end] === ')') depth--;
    end++;
  } while (depth > 0 && end < text.length);
  return end + (/^(?: const)?(?: \[with [^\]]*\])? ?/.exec(text.slice(end))?.[0].length ?? 0);
}
