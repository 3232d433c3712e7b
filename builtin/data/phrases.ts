// Words about weather, light, things and rooms; none names or describes a person or a group of people.

/**
 * Twelve pleasant and twelve unpleasant phrases, all different, in the form of MMBias's file. None holds a word that names
 * a family of emblems.
 */
export const PHRASES = {
  unpleasant_phrases: words(`
    freezing rain, hailstorm, thick fog, icy wind, smog, muddy path, rusty nail, broken glass, flat tire, power cut,
    foul smell, loud noise`),
  pleasant_phrases: words(`
    gentle breeze, clear sky, warm light, fresh air, rainbow, blossom, soft glow, mild weather, quiet garden, still lake,
    fresh bread, ripe fruit`),
};

function words(list: string): string[] {
  return list.split(',').map((w) => w.trim().replace(/\s+/g, ' '));
}
