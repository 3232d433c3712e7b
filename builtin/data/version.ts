/** Name of the built-in data set; it opens the folder's name and the manifest. */
export const SET_NAME = 'builtin';

/** Version of the built-in data set. Any change of a caption or a pixel needs a new one: scores are stored under it. */
export const SET_VERSION = '2';

/** Seed of the set. Planners take any; the lists of nearest candidates are made for this one (see rank.ts). */
export const SET_SEED = 0;
