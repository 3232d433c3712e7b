/** A text whose names stand between backticks. */
export function NamesInCode({ text }: { text: string }) {
  const parts = text.split('`');
  return parts.map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
    i % 2 === 1 && i < parts.length - 1 ? <code key={i}>{part}</code> : part,
  );
}
