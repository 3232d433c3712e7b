/** A task's files before they are written: texts, and pictures (SIDE x SIDE RGB bytes each) that are drawn when needed. */
export type Plan = {
  texts: { file: string; text: string }[];
  pictures: { file: string; draw: () => Uint8Array }[];
};
