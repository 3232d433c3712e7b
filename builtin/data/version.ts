import type { TaskName } from '@gdbench/benchmark/task';

/** Name of the built-in data set; it opens the folder's name and the manifest. */
export const SET_NAME = 'builtin';

/** Version of the built-in data set. Any change of a caption or a pixel needs a new one: scores are stored under it. */
export const SET_VERSION = '4';

/** SHA-256 over the texts and pixels of this version, as the manifest of a set has it. */
export const SET_SHA256 = 'b75b74154325836a9adc4f1408b8bb572fb25ea80897beaa3f1b6a7c02ad4ff6';

/**
 * The data version of each task (packages/benchmark/load/version.ts), as reading the finished set gives it: it covers the
 * bytes of the images too. An evaluation can so be planned before all pictures are drawn.
 */
export const DATA_VERSIONS: Readonly<Record<TaskName, string>> = {
  clevr: '60e9bd45d3ffdd5b',
  winoground: '31cd7f90beb1d819',
  flickr30k_image: '53f0bcaa034f64cf',
  flickr30k_text: 'ccb8925f2b4d8bf7',
  imagecode: 'a7c0db79a48d5937',
  imagecode_video: '56e3162176951ff0',
  svo_verb: '37f22ceee01f93c1',
  svo_subj: '0aca0bc17da88b50',
  svo_obj: 'd280bacd2c4febce',
  vg_relation: 'dfb51a64ace3d488',
  vg_attribution: '4682dd3717684098',
  coco_order: '4ceb26ad594c07ca',
  flickr30k_order: 'f04b360a2aa0fe0e',
  pets: 'df2843ce97fad3ed',
  mmbias: 'e1e8e7c21fad4b4a',
  genderbias: 'f93769effcd1d374',
};

/** Seed of the set. Planners take any; the lists of nearest candidates are made for this one (see rank.ts). */
export const SET_SEED = 0;
