// Words about weather, light, things and rooms; none names or describes a person or a group of people.

/** Sixty pleasant and sixty unpleasant phrases, all different, in the form of MMBias's file. */
export const PHRASES = {
  unpleasant_phrases: words(`
    broken, cracked, rusty, rotten, moldy, filthy, leaking, shattered, torn, crooked,
    stained, faded, jagged, dented, blunt, clogged, collapsed, abandoned, decayed, sour,
    bitter, stale, foul smell, gloomy, dreary, murky, foggy, stormy, freezing rain, hailstorm,
    flood, drought, landslide, wildfire, thunderclap, dark clouds, icy wind, mud, smog, soot,
    poison ivy, thorn, splinter, debris, wreckage, ruin, junk, garbage, dead battery, flat tire,
    power cut, false alarm, bad news, loud noise, screeching, stench, hazard, faulty, useless, dreadful`),
  pleasant_phrases: words(`
    bright, calm, sunny, gentle breeze, clear sky, warm light, fresh air, rainbow, blossom, sparkling,
    polished, gleaming, well made, sturdy, smooth, tidy, balanced, harmony, delightful, lovely,
    golden hour, soft glow, soothing, peaceful, refreshing, mild weather, sunrise, starlight, spring meadow, ripe fruit,
    sweet scent, music, melody, fresh bread, cozy, comfortable, neat, freshly painted, well kept, brand new,
    flawless, intact, reliable, safe harbor, quiet garden, still lake, smooth sailing, good news, celebration, gift,
    wonderful, splendid, radiant, elegant, graceful, treasure, oasis, sunlit terrace, excellent, beautiful`),
};

function words(list: string): string[] {
  return list.split(',').map((w) => w.trim().replace(/\s+/g, ' '));
}
