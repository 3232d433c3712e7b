import { renderCreature } from './anatomy.ts';
import { type Subject, type Syllabus, trainItem } from './lessons.ts';
import { renderEmblem } from './plaque.ts';
import { render } from './raycast.ts';

/** Training examples in a row. */
export type Lesson = { seed: number; from: number; count: number; syllabus: Syllabus };
/** Of each example its pixels (SIDE x SIDE x 3 bytes) and its line of items.jsonl. */
export type Taught = { pixels: Uint8Array; line: string }[];

/** Makes and draws training examples: what a thread does for train.ts. */
export function teach({ seed, from, count, syllabus }: Lesson): Taught {
  return Array.from({ length: count }, (_, i) => {
    const item = trainItem(seed, from + i, syllabus);
    return { pixels: drawSubject(item), line: JSON.stringify({ kind: item.kind, captions: item.captions }) };
  });
}

/** The pixels of a training example: SIDE x SIDE RGB bytes. */
export function drawSubject(subject: Subject): Uint8Array {
  if (subject.kind === 'scene') return render(subject.scene);
  return subject.kind === 'creature' ? renderCreature(subject.creature) : renderEmblem(subject.emblem);
}
