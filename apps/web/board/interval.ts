const WORDS: Record<string, string> = {
  wilson: '95%, Wilson score interval',
  'bootstrap-by-image': '95%, bootstrap that resamples images, since examples of one image are not independent',
  'bootstrap-by-set': '95%, bootstrap that resamples sets of images, since examples of one set are not independent',
  permutation: '95%, bootstrap that draws images within each group; p by a two-sided permutation test',
};

/** The kind of interval as a reader says it. */
export function intervalWords(interval: string): string {
  return WORDS[interval] ?? interval;
}
