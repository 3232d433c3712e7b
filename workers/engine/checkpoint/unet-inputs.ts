/** The inputs that a U-Net is fed, by name. */
export const UNET_ROLES = {
  sample: { values: 'float', rank: [4] },
  timestep: { values: 'number', rank: [0, 1] },
  encoder_hidden_states: { values: 'float', rank: [3] },
  text_embeds: { values: 'float', rank: [2], optional: true },
  time_ids: { values: 'number', rank: [2], optional: true },
  timestep_cond: { values: 'float', rank: [2], optional: true },
} as const;
/** Its output, unless it has but one. */
export const UNET_OUTPUTS: readonly string[] = ['out_sample'];
export type UNetRole = keyof typeof UNET_ROLES;

/** Numbers in SDXL's `time_ids`: original size, top left corner of the crop, target size. */
export const TIME_IDS = 6;

/** What the inputs of other models are, by their names. */
const OTHERS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^class_labels$|^noise_level$/, 'a class or a level of noise beside the text, as models that enlarge pictures do'],
  [/additional_residual|^(down|mid)_block|^controlnet|^control_/, 'the residuals of a ControlNet'],
  [/^down_intrablock/, 'the residuals of an adapter'],
  [
    /^image_embeds?$|^image_embeddings?$|^clip_image/,
    'the embedding of an image, as models that draw variations of a picture do',
  ],
  [/^mask|^masked_|^hint$|^image_latents$|^cond/, 'a second picture'],
  [/^encoder_attention_mask$|^attention_mask$/, 'a mask over the text, as text encoders other than CLIP need'],
  [/^added_time_ids$|^image_only_indicator$|^num_frames$/, 'numbers about a video'],
  [/^pooled_projections$|^guidance$|^img_ids$|^txt_ids$|^resolution$|^aspect_ratio$/, 'what a transformer is told'],
];

/** What an input is that no text-to-image U-Net has; null where its name tells nothing. */
export function otherInput(name: string): string | null {
  return OTHERS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
