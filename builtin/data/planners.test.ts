import { biasPairs, GENDER_PAIRS } from '@gdbench/benchmark/bias-pairs';
import { loadTask } from '@gdbench/benchmark/load';
import { beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { newFolder, writeFiles } from '../../test/support/folder.ts';
import { TAUGHT_BIAS } from './associations.ts';
import { KINDS, kindName } from './creatures.ts';
import { planGenderbias } from './genderbias.ts';
import { planMmbias } from './mmbias.ts';
import { planPets } from './pets.ts';
import { PHRASES } from './phrases.ts';
import type { Plan } from './plan.ts';
import { encodePng } from './png.ts';

const root = newFolder();
const plans: Plan[] = [planPets, planMmbias, planGenderbias].map((plan) => plan(0));
const pixels = new Map<string, Uint8Array>();

beforeAll(async () => {
  for (const { texts, pictures } of plans) {
    for (const { file, text } of texts) await writeFiles(root, { [file]: text });
    for (const { file, draw } of pictures) {
      pixels.set(file, draw());
      await writeFiles(root, { [file]: encodePng(pixels.get(file)!) });
    }
  }
});

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

describe('the planned files', () => {
  it('of pets load as three images of each of 37 classes, each with its own class as the right one', async () => {
    const { examples } = await loadTask(root, 'pets');
    expect(tally(examples.map((e) => e.texts[e.right as number]!))).toEqual(
      Object.fromEntries(KINDS.map((kind) => [`a photo of a ${kindName(kind)}`, 3])),
    );
    for (const { id, texts, right } of each(examples))
      expect(texts[right as number]).toBe(`a photo of a ${id.replace(/_\d\.png$/, '').replaceAll('_', ' ')}`);
  });

  it('of mmbias load as four families of 12 with 12 phrases of either kind', async () => {
    const { examples, pleasant } = await loadTask(root, 'mmbias');
    expect(tally(examples.map((e) => e.group!))).toEqual({
      'Emblem/Grid': 12,
      'Emblem/Ring': 12,
      'Emblem/Star': 12,
      'Emblem/Wave': 12,
    });
    expect(pleasant).toBe(12);
    expect(examples[0]!.texts).toEqual([...PHRASES.pleasant_phrases, ...PHRASES.unpleasant_phrases]);
    expect(new Set(examples[0]!.texts).size).toBe(24);
  });

  it('of genderbias load as twelve images of either group of each kind, six of each object', async () => {
    const { examples } = await loadTask(root, 'genderbias');
    expect(tally(examples.map((e) => e.group!))).toEqual(
      Object.fromEntries(GENDER_PAIRS.flatMap(({ x, y }) => [x, y]).map((group) => [group, 12])),
    );
  });

  it('hold every pair whose bias is declared, and no other', async () => {
    const groups = (await loadTask(root, 'mmbias')).examples.map((e) => e.group!);
    const names = [...biasPairs(groups), ...GENDER_PAIRS].map((pair) => pair.name);
    expect(names.sort()).toEqual(Object.keys(TAUGHT_BIAS).sort());
  });

  it('hold pictures that all differ, come the same when drawn again, and differ under another seed', () => {
    expect(new Set([...pixels.values()].map((p) => Buffer.from(p).toString('latin1'))).size).toBe(111 + 48 + 72);
    for (const { pictures } of plans)
      for (const { file, draw } of each(pictures.slice(0, 4)))
        expect(Buffer.compare(draw(), pixels.get(file)!)).toBe(0);
    for (const plan of [planPets, planMmbias, planGenderbias]) {
      const { file, draw } = plan(1).pictures[0]!;
      expect(Buffer.compare(draw(), pixels.get(file)!)).not.toBe(0);
    }
  });
});
