/** What the reader chose to see; the address holds all of it, so Back, reload and a copied link give the same view. */
export type View = {
  /** The column that orders the rows and fills the chart; null: the board's own. */
  sort: string | null;
  ascending: boolean;
  /** Groups of columns to show; null: all. */
  groups: readonly string[] | null;
  /** Cursor of the page; null: the first. */
  after: string | null;
};

type Params = { get(name: string): string | null };

/** Reads a view from the address. What the board does not know is left out, so that an old link still shows a board. */
export function parseView(params: Params, metrics: readonly string[], groups: readonly string[]): View {
  const sort = params.get('sort');
  const chosen = (params.get('show') ?? '').split(',').filter((group) => groups.includes(group));
  return {
    sort: sort !== null && metrics.includes(sort) ? sort : null,
    ascending: params.get('order') === 'ascending',
    groups:
      chosen.length > 0 && chosen.length < groups.length ? groups.filter((group) => chosen.includes(group)) : null,
    after: params.get('after') || null,
  };
}

/** The address of a view, without what is the default. */
export function viewHref(view: View): string {
  const params = new URLSearchParams();
  if (view.sort) params.set('sort', view.sort);
  if (view.ascending) params.set('order', 'ascending');
  if (view.groups) params.set('show', view.groups.join(','));
  if (view.after) params.set('after', view.after);
  const query = params.toString().replaceAll('%2C', ',');
  return query ? `/?${query}` : '/';
}

/** The view after a click on a column: sorted by it, best first; a second click turns the order. */
export function sortedBy(view: View, metric: string, rankingMetric: string): View {
  const current = view.sort ?? rankingMetric;
  const ascending = current === metric ? !view.ascending : false;
  return { ...view, sort: metric === rankingMetric ? null : metric, ascending };
}

/** The view after a click on a group's chip: the group joins or leaves; none left means all. */
export function toggledGroup(view: View, group: string, groups: readonly string[]): View {
  const now = view.groups ?? [];
  const next = now.includes(group)
    ? now.filter((g) => g !== group)
    : groups.filter((g) => g === group || now.includes(g));
  return { ...view, groups: next.length === 0 || next.length === groups.length ? null : next };
}
