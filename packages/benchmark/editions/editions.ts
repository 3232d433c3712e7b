import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';
import type { Edition } from './edition.ts';

/** Name of the edition that the sets' authors published, and the benchmark with them. */
export const OFFICIAL = 'official';

/** In `svo_probes.csv`, over its three kinds of rows (google-deepmind/svo_probes). */
const SVO_ROWS = 36_841;
/** Images of each group (sepehrjng92/MMBias, data/URLs.txt). */
const MMBIAS_IMAGES = 250;
const MMBIAS_GROUPS = [
  ...['Christian', 'Muslim', 'Jewish', 'Hindu', 'Buddhist'].map((group) => `Religion/${group}`),
  ...['American', 'Arab'].map((group) => `Nationality/${group}`),
  ...['Heterosexual', 'LGBT'].map((group) => `Sexual Orientation/${group}`),
];

/**
 * The editions that are known to everybody; an organiser adds others (`readEditions`). Counts and hashes of the official one were
 * taken over the metadata of McGill-NLP/diffusion-itm, its images counted as these name them; where another source is named, the
 * published files were not at hand, and no hash of them is known. Of genderbias nothing is published.
 *
 * - pets: *.jpg of the set's images.tar.gz, 7,390 as every listing of that folder prints (keras.io, "Image segmentation with a
 *   U-Net-like architecture"); the set's own page speaks of 7,349, those with annotations.
 * - vg_relation, vg_attribution: Yuksekgonul et al. (ICLR 2023), section 2. coco_order, flickr30k_order: every caption of the
 *   test splits that ARO's code reads, 25,010 of 5,000 images of COCO and 5,000 of 1,000 of Flickr30K.
 */
export const EDITIONS: readonly Edition[] = [
  {
    name: OFFICIAL,
    tasks: {
      clevr: {
        examples: 8036,
        images: 574,
        groups: Object.fromEntries(CLEVR_SUBTASKS.map((subtask) => [subtask, 1148])),
        metadata: {
          'clevr/captions/pair_binding_size.json': '3db44662c7700b3b1042a12e46b50a0ce5373b08cdce0afb606af9f9e0975d03',
          'clevr/captions/pair_binding_color.json': '64cbc8a9d3b7e0b02484413af3ecd9d4cd5c168e68795ec73950f3764ba745ba',
          'clevr/captions/binding_shape_color.json': 'db9c8df71a138f555c384226b5a20e75a089fbe38b5812ad2e4427b9505636a8',
          'clevr/captions/binding_color_shape.json': 'f4b548a2ad9e6aa858262a2c7c9ae7162b6a3d3fbd7ae234c08ff1c8167ce930',
          'clevr/captions/recognition_color.json': 'd81d2ffaa2a384bce0c92e2c1a866888e6a8376a75125d2751e6270ece15ec32',
          'clevr/captions/recognition_shape.json': '191a807c2aae056b83cf86d629ed63d9a6d1596114968fdfe67a62e1984b7c9f',
          'clevr/captions/spatial.json': '2319f549c1de1f40f7a1019bcbce57ea5f6d9cdcffa4b35191d34be080070c29',
        },
        questions: 'e20d155bfe6ff6de45757838ed995bfdc55ac4fb4b526c1591e5a5594115d604',
      },
      winoground: {
        examples: 400,
        images: 800,
        metadata: {
          'winoground/data.json': '33e1423d6eec215e0956d03aa32d7c383418c94696d05703368b44d486af6188',
        },
        questions: '1d27a528766c6e5de0bdf8d0b0f3db1687108b5bca1beebe737222f79034f105',
      },
      flickr30k_image: {
        examples: 1014,
        images: 1014,
        metadata: {
          'flickr30k/val_top10_RN50x64.json': 'ea4abb1fe6cce65acd73c1983c4a9c954c21644f48cad61981fb0b03af81a2b5',
        },
        questions: 'df9e481de913a9a3f612bdc37ae498a5cf64cf9c8e6a14c3c9516a0135ef00a0',
      },
      flickr30k_text: {
        examples: 1014,
        images: 1014,
        metadata: {
          'flickr30k/val_top10_RN50x64_text.json': 'e70ce1a3308ecc489b1757e1744b8f38d1b1ccc462b3dd9baaf830078d43a31f',
        },
        questions: '9e5debd729d85e29f5032612a1617ac74c25fbcadcc07652fa4dd57386f371d7',
      },
      imagecode: {
        examples: 430,
        images: 1550,
        metadata: {
          'imagecode/valid_data.json': 'cb4b8482354ba9bac62b6e101f145f9e59722dcf3b3fd42583f5b6de12bc698a',
        },
        questions: 'd762cd2903b6f2333852575b82da8aaa05b34b889e77acd4cda3a84a5988b403',
      },
      imagecode_video: {
        examples: 1872,
        images: 8840,
        metadata: {
          'imagecode/valid_data.json': 'cb4b8482354ba9bac62b6e101f145f9e59722dcf3b3fd42583f5b6de12bc698a',
        },
        questions: '3daee5487e34391738f19f6af28452bb740547a08813a3cd92472679c07d4c39',
      },
      svo_verb: { examples: SVO_ROWS },
      svo_subj: { examples: SVO_ROWS },
      svo_obj: { examples: SVO_ROWS },
      vg_relation: { examples: 23_937 },
      vg_attribution: { examples: 28_748 },
      coco_order: { examples: 25_010 },
      flickr30k_order: { examples: 5000 },
      pets: {
        examples: 7390,
        images: 7390,
        metadata: {
          'pets/classes.txt': '86e36d851ccfe8be671250c8c57b52360d9a97d90fff1471dbb6bdf82cdf9c7a',
        },
        questions: '3201b08861edc433fead41b703689c40dc29e024a25c2a1359dfd5a495105202',
      },
      mmbias: {
        examples: MMBIAS_GROUPS.length * MMBIAS_IMAGES,
        groups: Object.fromEntries(MMBIAS_GROUPS.map((group) => [group, MMBIAS_IMAGES])),
        metadata: {
          'mmbias/textual_phrases.txt': '3e980ebcfa6ff5476eb39c360c3351d0b3bdcd223633a019387dc9e7979846a9',
        },
        questions: 'fdea8d06ce8fff8fa232916c1f4db3c697fd107ce489b6b5b9e9df3c36d9d0da',
      },
    },
  },
  {
    // its data versions stand in builtin/data/version.ts too, where a test holds both together
    name: 'builtin 4',
    tasks: {
      clevr: {
        examples: 2800,
        images: 400,
        questions: 'faa6fe26016b1238ee9d3734a84b5fd1bae2703c531a43aaf84eaa63bb585f97',
        dataVersion: '60e9bd45d3ffdd5b',
      },
      winoground: {
        examples: 400,
        images: 800,
        questions: '7e46110c7f8fe48534d66b3c95c4dfd2412df54037bf76bdd097ee11e6dc3362',
        dataVersion: '31cd7f90beb1d819',
      },
      flickr30k_image: {
        examples: 100,
        images: 100,
        questions: '2978557cd5601b87f66f8a4d1ce8d73a779c127f889a96917bd5aad2c2e01595',
        dataVersion: '53f0bcaa034f64cf',
      },
      flickr30k_text: {
        examples: 100,
        images: 100,
        questions: '10314d27e892627e45297337aa4be5e1e5cd9f7f33d675dd19a0885c23525a11',
        dataVersion: 'ccb8925f2b4d8bf7',
      },
      imagecode: {
        examples: 100,
        images: 250,
        questions: '4f0bafd4a4dc63bbd554d8699eaad54a0bab2c57d5c81bfb43bd99df2c6110b4',
        dataVersion: 'a7c0db79a48d5937',
      },
      imagecode_video: {
        examples: 100,
        images: 250,
        questions: '404f496e94e71e9330a4f4df4ec4d954bb3485edaff9be0646c5ea7f8f128a88',
        dataVersion: '56e3162176951ff0',
      },
      svo_verb: {
        examples: 400,
        images: 800,
        questions: '38e1741f32f1bbe404b5b88521b257e1969d46dba4f0d2ec12b1f822ed156b71',
        dataVersion: '37f22ceee01f93c1',
      },
      svo_subj: {
        examples: 400,
        images: 800,
        questions: 'cb3fadc8fa5afbdfb36ad77cfabe811fade04b5ce41c651e02c60dcdf370ad69',
        dataVersion: '0aca0bc17da88b50',
      },
      svo_obj: {
        examples: 400,
        images: 800,
        questions: 'e6da88834f217d20e226f7aa6b136447d533ed89cc9bd1fbfd83e76445324128',
        dataVersion: 'd280bacd2c4febce',
      },
      vg_relation: {
        examples: 400,
        images: 400,
        questions: 'cb96fd4b3369c78cd0074bf3c3abfaf04883af89451e0ca5c20a037222a4a055',
        dataVersion: 'dfb51a64ace3d488',
      },
      vg_attribution: {
        examples: 400,
        images: 400,
        questions: 'd6d884df8f1774e36bf3ae42f92b8e85955ee2c5d5f4c81d9caf0759a42520d4',
        dataVersion: '4682dd3717684098',
      },
      coco_order: {
        examples: 100,
        images: 100,
        questions: 'da4ab82abb65348d1e3a98ab2d9cfec653c9b3717aa093f582a89941e1dcaabb',
        dataVersion: '4ceb26ad594c07ca',
      },
      flickr30k_order: {
        examples: 100,
        images: 100,
        questions: '600cad4cca8be5a458870bbf87633fa55b1ce2d494ff0d4c2689799ab912b09a',
        dataVersion: 'f04b360a2aa0fe0e',
      },
      pets: {
        examples: 111,
        images: 111,
        questions: '2dddf4086063b6a4b8936e61f81bba622116700346692987f08f30bbfb19fc26',
        dataVersion: 'df2843ce97fad3ed',
      },
      mmbias: {
        examples: 48,
        images: 48,
        questions: '3fbdd641753e2635d654838730c3b95f01992b99e67bec540698856ef614d415',
        dataVersion: 'e1e8e7c21fad4b4a',
      },
      genderbias: {
        examples: 72,
        images: 72,
        questions: '73484b1b2cf8c63f4148408d322c11034ed43b1b8b1a1a7c478979a7bfb151ea',
        dataVersion: 'f93769effcd1d374',
      },
    },
  },
];
