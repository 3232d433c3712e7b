import type { SetName } from './affinity.ts';

/** Where the files of a set are had, and on which terms, as its authors' pages said when this was written. */
export interface Source {
  readonly address: string;
  /** What stands before it, as words that go on after the address: "after a login"; null where it can be downloaded at once. */
  readonly gate: string | null;
  readonly terms: string;
}

/** The metadata of the benchmark: texts, and which images are asked about. */
export const METADATA_SOURCE: Source = {
  address: 'https://github.com/McGill-NLP/diffusion-itm',
  gate: null,
  terms: 'see the repository',
};

/** The captions of which orders are drawn. */
export const CAPTIONS_SOURCE: Source = {
  address: 'https://github.com/mertyg/vision-language-models-are-bows',
  gate: 'whose code fetches the captions of the test split',
  terms: "ARO's code MIT; captions by the terms of the images",
};

/** Of the texts of those sets that do not have them where their images are. */
export const TEXT_SOURCES: Readonly<Partial<Record<SetName, Source>>> = {
  clevr: METADATA_SOURCE,
  winoground: METADATA_SOURCE,
  flickr30k: METADATA_SOURCE,
  imagecode: METADATA_SOURCE,
  pets: METADATA_SOURCE,
  mmbias: METADATA_SOURCE,
  coco_order: CAPTIONS_SOURCE,
  flickr30k_order: CAPTIONS_SOURCE,
};

const VISUAL_GENOME: Source = {
  address: 'https://github.com/mertyg/vision-language-models-are-bows',
  gate: 'whose code fetches the images',
  terms: "ARO's code MIT; Visual Genome CC BY 4.0",
};

const FLICKR: Source = {
  address: 'https://www.kaggle.com/datasets/hsankesara/flickr-image-dataset',
  gate: "after a login, or by its authors' form",
  terms: "Flickr's terms; non-commercial research and education",
};

/** Of the images of each set. */
export const SOURCES: Readonly<Record<SetName, Source>> = {
  clevr: {
    address: 'https://zenodo.org/record/8096756',
    gate: null,
    terms: 'see the record; CLEVR itself is CC BY 4.0',
  },
  winoground: {
    address: 'https://huggingface.co/datasets/facebook/winoground',
    gate: 'after a login',
    terms: 'research only, with an agreement to accept; images by Getty Images',
  },
  flickr30k: FLICKR,
  imagecode: {
    address: 'https://zenodo.org/record/6518944',
    gate: null,
    terms: 'AFL 3.0 by its data card; frames and photographs of other sets',
  },
  svo: {
    address: 'https://github.com/google-deepmind/svo_probes',
    gate: 'a table of addresses of images, of which many are dead',
    terms: 'CC BY 4.0 for the data; made for research; the images belong to their owners',
  },
  vg_relation: VISUAL_GENOME,
  vg_attribution: VISUAL_GENOME,
  coco_order: {
    address: 'https://cocodataset.org',
    gate: "captions by ARO's code",
    terms: "annotations CC BY 4.0; images by Flickr's terms",
  },
  flickr30k_order: FLICKR,
  pets: {
    address: 'https://www.robots.ox.ac.uk/~vgg/data/pets/',
    gate: null,
    terms: 'CC BY-SA 4.0; the copyright of the images stays with their owners',
  },
  mmbias: {
    address: 'https://github.com/sepehrjng92/MMBias',
    gate: 'a zip a category',
    terms: 'MIT; photographs of people found on the web',
  },
  genderbias: {
    address: 'https://github.com/McGill-NLP/diffusion-itm',
    gate: "whose authors have the images; they are not published with the benchmark's metadata",
    terms: 'not known',
  },
};

/** "https://... (after a login; research only)" */
export function sourceWords({ address, gate, terms }: Source): string {
  return `${address} (${gate === null ? '' : `${gate}; `}terms: ${terms})`;
}
