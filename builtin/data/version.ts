/** Name of the built-in data set; it opens the folder's name and the manifest. */
export const SET_NAME = 'builtin';

/** Version of the built-in data set. Any change of a caption or a pixel needs a new one: scores are stored under it. */
export const SET_VERSION = '3';

/** SHA-256 over the texts and pixels of this version, as the manifest of a set has it. */
export const SET_SHA256 = '140035e6f40645b11f459a24061a148b0aa07d728af0ba1c283b01b5c6443ebc';

/** Seed of the set. Planners take any; the lists of nearest candidates are made for this one (see rank.ts). */
export const SET_SEED = 0;
