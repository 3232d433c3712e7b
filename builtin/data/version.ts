/** Name of the built-in data set; it opens the folder's name and the manifest. */
export const SET_NAME = 'builtin';

/** Version of the built-in data set. Any change of a caption or a pixel needs a new one: scores are stored under it. */
export const SET_VERSION = '4';

/** SHA-256 over the texts and pixels of this version, as the manifest of a set has it. */
export const SET_SHA256 = 'b75b74154325836a9adc4f1408b8bb572fb25ea80897beaa3f1b6a7c02ad4ff6';

/** Seed of the set. Planners take any; the lists of nearest candidates are made for this one (see rank.ts). */
export const SET_SEED = 0;
