/**
 * The relations over which ARO's macro accuracy of VG-Relation is taken: those of the paper's table of relations, 13 of place and
 * 32 of verbs (Yuksekgonul et al., ICLR 2023, appendix). Of the other relations of `visual_genome_relation.json` some are as true
 * when they are turned round ("near"), which its notebook leaves out by name, and some have too few examples ("pulling",
 * "pulled by", "leaning against": mertyg/vision-language-models-are-bows, issue 8).
 */
export const PUBLISHED_RELATIONS: readonly string[] = [
  ...['above', 'at', 'behind', 'below', 'beneath', 'in', 'in front of', 'inside', 'on', 'on top of', 'to the left of'],
  ...[
    'to the right of',
    'under',
    'carrying',
    'covered by',
    'covered in',
    'covered with',
    'covering',
    'cutting',
    'eating',
  ],
  ...[
    'feeding',
    'grazing on',
    'hanging on',
    'holding',
    'leaning on',
    'looking at',
    'lying in',
    'lying on',
    'parked on',
  ],
  ...[
    'reflected in',
    'resting on',
    'riding',
    'sitting at',
    'sitting in',
    'sitting on',
    'sitting on top of',
    'standing by',
  ],
  ...['standing in', 'standing on', 'surrounded by', 'using', 'walking in', 'walking on', 'watching', 'wearing'],
];

/** Pairs of attributes with fewer examples are left out of ARO's macro accuracy of VG-Attribution (its `evaluate_scores`). */
export const LEAST_OF_PAIR = 25;

/**
 * The groups over which `macro_published` is taken, of groups with their numbers of examples; empty where the data have none such,
 * or of attributes only one, which would make no mean. Then there is no such metric.
 */
export function publishedGroups(task: 'vg_relation' | 'vg_attribution', counts: ReadonlyMap<string, number>): string[] {
  if (task === 'vg_relation') return [...counts.keys()].filter((relation) => PUBLISHED_RELATIONS.includes(relation));
  const pairs = [...counts].filter(([, count]) => count >= LEAST_OF_PAIR).map(([pair]) => pair);
  return pairs.length > 1 ? pairs : [];
}
