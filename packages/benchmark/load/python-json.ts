/** A value as Python's `json.dump(value, file, indent=4)` writes it, which is how the benchmark's own files were written. */
export function asPythonWrites(value: unknown): Buffer {
  const text = JSON.stringify(value, null, 4);
  const escaped = text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(escaped, 'utf8');
}

/**
 * Parses JSON as Python reads it: a byte order mark is passed over; NaN and infinities, which it writes too, are null.
 *
 * @throws SyntaxError, or TypeError for bytes that are no text
 */
export function parsePythonJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) => (token.startsWith('"') ? token : 'null')),
  );
}
