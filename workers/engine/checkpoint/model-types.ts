import { JINA_CLASS } from '../image/processor-classes.ts';

/*
 * The kinds of model that are known to be scored right, by the model_type of their config.json. A type that is not here is refused,
 * for what its outputs mean is not known.
 */

export interface ModelType {
  readonly kind: 'dual-encoder' | 'matching-head';
  /** The image processor class of the type (transformers, models/auto/image_processing_auto.py); null where it has none of its own. */
  readonly processor: string | null;
  /** Whether `pooler_output` lies in the space that texts and images share: so it is where there is no projection behind it. */
  readonly pooled: boolean;
}

const projected = (processor: string | null): ModelType => ({ kind: 'dual-encoder', processor, pooled: false });
const pooled = (processor: string | null): ModelType => ({ kind: 'dual-encoder', processor, pooled: true });
const matching = (processor: string): ModelType => ({ kind: 'matching-head', processor, pooled: false });

/** What open_clip's own configuration is called here; no config.json says so. */
export const OPEN_CLIP = 'open_clip';

const TYPES: ReadonlyMap<string, ModelType> = new Map([
  ['aimv2', projected('CLIPImageProcessor')],
  ['align', projected('EfficientNetImageProcessor')],
  ['altclip', projected('CLIPImageProcessor')],
  ['blip', matching('BlipImageProcessor')],
  ['blip-2', matching('BlipImageProcessor')],
  ['chinese_clip', projected('ChineseCLIPImageProcessor')],
  ['clip', projected('CLIPImageProcessor')],
  ['clipseg', projected('ViTImageProcessor')],
  ['groupvit', projected('CLIPImageProcessor')],
  ['jina_clip', projected(JINA_CLASS)],
  ['metaclip_2', projected('CLIPImageProcessor')],
  ['siglip', pooled('SiglipImageProcessor')],
  ['siglip2', pooled('Siglip2ImageProcessor')],
  ['vision-text-dual-encoder', projected(null)],
  [OPEN_CLIP, projected(null)],
]);

/** Types that look alike and are not, and why. */
const OTHERS: Readonly<Record<string, string>> = {
  bridgetower: 'embeds an image and a text together, so that neither has an embedding of its own',
  vilt: 'matches images of uneven sizes with one logit',
  xclip: 'reads videos',
  clap: 'hears sounds',
  owlvit: 'finds objects',
  owlv2: 'finds objects',
  git: 'writes captions',
  llava: 'writes texts',
  colpali: 'embeds an image in many vectors',
  colqwen2: 'embeds an image in many vectors',
  imagebind: 'embeds more than images and texts',
};

/** A type as config.json says it; that of one tower means the whole model's. */
export function modelType(name: string): ModelType | undefined {
  return TYPES.get(wholeType(name));
}

export const wholeType = (name: string): string => name.replace(/_(text|vision)_model$/, '');

/** What is known of a type that is not served. */
export function otherType(name: string): string | undefined {
  return Object.hasOwn(OTHERS, name) ? OTHERS[name] : undefined;
}

/** The types of a kind, as a sentence names them. */
export function typesOf(kind: ModelType['kind']): string {
  return [...TYPES]
    .filter(([name, type]) => type.kind === kind && name !== OPEN_CLIP)
    .map(([name]) => name)
    .join(', ');
}
