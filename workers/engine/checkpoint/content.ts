import { type FileKind, fileKind, HEAD_BYTES, KIND_PHRASES, readHead } from '@gdbench/benchmark/file-kind';
import { quoted } from '@gdbench/benchmark/shell';
import { printable } from '@gdbench/storage/printable';
import { command, type FolderName, type Remedy, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { type Fault, faultOf } from './fault.ts';
import { type Format, firstEntry, unpackDisguised } from './packed.ts';

/** A file of a checkpoint that is something else than its name says. */
export interface Disguise {
  /** What its first bytes are. */
  readonly kind: FileKind;
  /** Words that go on after the file's name. */
  readonly found: string;
  readonly remedy: Remedy;
}

/** Where a file lies: its path inside the checkpoint, and what the checkpoint's folder is called in commands. */
interface Place {
  readonly file: string;
  readonly dir: FolderName;
}

/** What is packed, by how it is unpacked: of what is one file packed, only gzip tells whether that is an archive. */
const PACKED: Readonly<Partial<Record<FileKind, Format>>> = {
  zip: 'zip',
  gzip: 'gz',
  tar: 'tar',
  bzip2: 'bz2',
  xz: 'xz',
  zstd: 'zst',
  '7z': '7z',
  rar: 'rar',
};

/** What torch.save writes first. */
const TORCH_ENTRY = /^[^/]+\/(data\.pkl|\.format_version|byteorder|version)$/;
/** What servers say in the place of a file, as plain text. */
const SAID_BY_SERVERS =
  /^("?(error|message|detail)"?\s*:|(entry|repository|revision|file|page|resource)?\s*not found|invalid (username|credentials|token)|unauthorized|forbidden|access (denied|to \S+ \S+ is restricted)|too many requests|bad gateway|internal server error|[45]\d\d:? +(not found|unauthorized|forbidden|bad|too many|service|internal))/i;
const OF_ERRORS = new Set(
  'error errors message detail status statusCode code type path timestamp documentation_url'.split(' '),
);
const ERROR_KEY = /^\s*\{\s*"(error|errors|message|detail|statusCode|status)"\s*:/;
const LOGIN = /<input[^>]+type=["']?password|(log|sign) ?in|gated|you need to (agree|share)|accept the/i;

/**
 * What a file with these first bytes is instead of a file of a model; null where nothing speaks against it. What is wrong inside of
 * a JSON file or a graph is found by those who read it.
 */
export function disguiseOf(head: Uint8Array, place: Place): Disguise | null {
  const kind = fileKind(head);
  const again = remedy`copy it again, or ${downloadOf(place)}`;
  if (kind === 'empty') return { kind, found: 'is empty (0 bytes)', remedy: again };
  if (kind === 'zeros') return { kind, found: 'holds nothing but zeros', remedy: again };
  const format = PACKED[kind];
  if (format === undefined) return textDisguiseOf(head, place);
  const first = firstEntry(head);
  if (first !== null && TORCH_ENTRY.test(first))
    return { kind, found: 'is PyTorch weights (a zip that torch.save wrote)', remedy: exportOf(place) };
  const archive = kind === 'gzip' && first !== null ? 'tar' : format;
  const unpack = unpackDisguised(place.dir, place.file, archive);
  return { kind, found: `is ${KIND_PHRASES[kind]}`, remedy: remedy`unpack it: ${unpack}` };
}

/** As disguiseOf, of text alone: numbers may look like anything else. */
export function textDisguiseOf(head: Uint8Array, place: Place): Disguise | null {
  const kind = fileKind(head);
  const again = downloadOf(place);
  const text = Buffer.from(head.subarray(0, HEAD_BYTES))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim();
  const shown = printable(text, 80);
  if (kind === 'lfs-pointer') {
    const pull = command`cd ${argument(place.dir)} && git lfs pull`;
    return { kind, found: 'is a Git LFS pointer', remedy: remedy`fetch what it stands for: ${pull}` };
  }
  if (kind === 'html') {
    const login = LOGIN.test(text);
    const found = `is a web page (HTML)${login ? ' that asks for a login' : ''}`;
    return { kind, found, remedy: login ? downloadOf(place, 'log in and ', 'hf auth login && ') : again };
  }
  if (kind === 'xml' && /^<(\?xml|error)\b/i.test(text))
    return { kind, found: `is an XML document (${shown})`, remedy: again };
  const said =
    kind === 'json' ? tellsOfError(text) : kind === 'text' && text.length < 400 && SAID_BY_SERVERS.test(text);
  return said ? { kind, found: `is the error message of a server (${shown})`, remedy: again } : null;
}

const exportOf = ({ dir }: Place): Remedy =>
  remedy`export the model that it is of: ${command`optimum-cli export onnx --model MODEL ${argument(dir, '-onnx/')}`}`;

const downloadOf = ({ file, dir }: Place, words = '', before = ''): Remedy =>
  remedy`${words}download the file itself: ${command`${before}hf download OWNER/MODEL ${quoted(file)} --local-dir ${argument(dir)}`}`;

/** A JSON object that tells of an error and holds nothing of a configuration. */
function tellsOfError(text: string): boolean {
  if (!ERROR_KEY.test(text)) return false;
  try {
    return Object.keys(JSON.parse(text)).every((key) => OF_ERRORS.has(key));
  } catch {
    return false;
  }
}

/** The fault of a file that is something else, or null. @param at its absolute path. */
export async function disguiseFault(at: string, place: Place, expected: string): Promise<Fault | null> {
  const disguise = disguiseOf(await readHead(at), place);
  return disguise && faultOf({ file: place.file, ...disguise, expected, gravity: 'file' });
}
