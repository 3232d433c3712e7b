/** The groups of MMBias by category, as its authors' folders name them (sepehrjng92/MMBias). */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Religion: ['Christian', 'Muslim', 'Jewish', 'Hindu', 'Buddhist'],
  Nationality: ['American', 'Arab', 'Chinese', 'Mexican'],
  'Sexual Orientation': ['Heterosexual', 'LGBT'],
  Disability: ['Mental Disability', 'Physical Disability', 'Non-Disabled'],
  'Valence Images': ['Pleasant', 'Unpleasant'],
};

/** The same for two spellings that differ in letter case, in blanks, hyphens and underscores, or by a plural's s. */
function plain(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
    .replace(/s$/, '');
}

const byPlain = (names: readonly string[]) => new Map(names.map((name) => [plain(name), name]));

const CATEGORY_OF = byPlain(Object.keys(GROUPS));
const GROUP_OF = new Map(Object.entries(GROUPS).map(([category, names]) => [category, byPlain(names)]));

/**
 * "<Category>/<Group>" of two folders' names: MMBias's own names where they are spelt otherwise, else as they are, so that one
 * group does not become another by its letter case ("religion/muslims" is "Religion/Muslim"). `anywhere`: groups that go by
 * their names in whatever category they are.
 */
export function canonicalGroup(category: string, group: string, anywhere: readonly string[]): string {
  const known = CATEGORY_OF.get(plain(category)) ?? category;
  return `${known}/${GROUP_OF.get(known)?.get(plain(group)) ?? byPlain(anywhere).get(plain(group)) ?? group}`;
}
