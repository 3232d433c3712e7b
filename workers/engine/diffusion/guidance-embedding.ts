/** The guidance scale of scoring: none, so that the U-Net's prediction for a text is that for this text alone. */
export const GUIDANCE_SCALE = 1;

/**
 * What a latent consistency model's U-Net is told of a guidance scale (`timestep_cond`), as diffusers' LatentConsistencyModelPipeline
 * embeds w = scale - 1: for i below half of the width, sin and then cos of 1000 w / 10000^(i / (half - 1)), and a zero last where the
 * width is odd. (Kingma et al., "Variational Diffusion Models", embed their time so.)
 *
 * @param width numbers in the embedding, 4 or more.
 */
export function guidanceEmbedding(scale: number, width: number): Float32Array {
  const half = Math.floor(width / 2);
  const embedding = new Float32Array(width);
  for (let i = 0; i < half; i++) {
    const angle = (1000 * (scale - 1)) / 10_000 ** (i / (half - 1));
    embedding[i] = Math.sin(angle);
    embedding[half + i] = Math.cos(angle);
  }
  return embedding;
}
