/** Timesteps are spread over 1000 steps, without the first ten and the last ten. */
const STEPS = 1000;
const FIRST = 10;
const END = 990;

/** The budget that has every timestep which a smaller one has. */
export const ALL_SAMPLES = STEPS;

/**
 * The timesteps of a sample budget: 10, 10 + rate, ... below 990 with rate = floor(1000 / samples), mapped to the
 * checkpoint's own number of training steps. 250 samples give 245 timesteps, 10 give 10.
 *
 * @param samples 1 to 1000.
 * @param trainSteps num_train_timesteps of the scheduler.
 */
export function timestepsFor(samples: number, trainSteps: number): number[] {
  if (!Number.isInteger(samples) || samples < 1 || samples > STEPS) {
    throw new RangeError(`samples must be a whole number from 1 to ${STEPS}, not ${samples}`);
  }
  const rate = Math.floor(STEPS / samples);
  const steps: number[] = [];
  for (let t = FIRST; t < END; t += rate) steps.push(Math.floor((t * trainSteps) / STEPS));
  return steps;
}
