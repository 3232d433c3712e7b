/** The items of a list that a test looks at one by one: of an empty one it would prove nothing. */
export function each<T>(items: Iterable<T>): T[] {
  const list = [...items];
  if (list.length === 0) throw new Error('There is nothing in this list to be looked at.');
  return list;
}
