import { isBoardProtocol, isProtocol } from '@gdbench/benchmark/protocol';

/** Which columns: one a task, all, or those of some groups. */
export type Show = 'overview' | 'all' | readonly string[];

/** What the reader chose to see; the address holds all of it, so Back, reload and a copied link give the same view. */
export type View = {
  /** The column that orders the rows and fills the chart; null: the board's own. */
  sort: string | null;
  ascending: boolean;
  show: Show;
  /** Cursor of the page; null: the first. */
  after: string | null;
  /** The protocol whose own list is shown; null: the board. */
  protocol: string | null;
};

/** What the board offers. */
export type Offer = {
  metrics: readonly string[];
  groups: readonly string[];
  /** What it shows before the reader chooses. */
  first: 'overview' | 'all';
};

/** A column that orders all rows of a list, wherever its pages end. */
export type Order = { column: string; descending: boolean };

/** The order that a view asks for; null: the board's own. */
export function orderOf({ sort, ascending }: Pick<View, 'sort' | 'ascending'>, rankingMetric: string): Order | null {
  return sort === null && !ascending ? null : { column: sort ?? rankingMetric, descending: !ascending };
}

type Params = { get(name: string): string | null };

/** Reads a view from the address. What the board does not know is left out, so that an old link still shows a board. */
export function parseView(params: Params, offer: Offer): View {
  return {
    ...parseSort(params, offer.metrics),
    show: parseShow(params.get('show') ?? '', offer),
    after: params.get('after') || null,
    protocol: protocolOf(params.get('protocol')),
  };
}

/** @param metrics null: any column may be there */
export function parseSort(params: Params, metrics: readonly string[] | null): Pick<View, 'sort' | 'ascending'> {
  const sort = params.get('sort');
  const known = sort !== null && (metrics === null || metrics.includes(sort));
  return { sort: known ? sort : null, ascending: params.get('order') === 'ascending' };
}

/** The protocol that has a list of its own, or null for the board, whatever the address says. */
export function protocolOf(asked: unknown): string | null {
  if (typeof asked !== 'string' || isBoardProtocol(asked)) return null;
  return isProtocol(asked) ? asked : null;
}

function parseShow(text: string, { groups, first }: Offer): Show {
  if (text === 'all') return 'all';
  const chosen = text.split(',');
  return showOf(
    groups.filter((group) => chosen.includes(group)),
    groups,
    first,
  );
}

/** None chosen is what the board shows at first, all of them are all. */
function showOf(chosen: readonly string[], groups: readonly string[], first: Offer['first']): Show {
  if (chosen.length === 0) return first;
  return chosen.length === groups.length ? 'all' : chosen;
}

/** The address of a view, without what is the default. */
export function viewHref(view: View, { first }: Pick<Offer, 'first'>): string {
  const params = new URLSearchParams();
  if (view.protocol) params.set('protocol', view.protocol);
  if (view.sort) params.set('sort', view.sort);
  if (view.ascending) params.set('order', 'ascending');
  if (view.show !== first) params.set('show', typeof view.show === 'string' ? view.show : view.show.join(','));
  if (view.after) params.set('after', view.after);
  const query = params.toString().replaceAll('%2C', ',');
  return query ? `/?${query}` : '/';
}

/** The view after a click on a column: sorted by it, best first, from the first page on; a second click turns the order. */
export function sortedBy(view: View, metric: string, rankingMetric: string): View {
  const current = view.sort ?? rankingMetric;
  const ascending = current === metric ? !view.ascending : false;
  return { ...view, after: null, sort: metric === rankingMetric ? null : metric, ascending };
}

/** The view after a click on a group's chip: the group joins or leaves; none left is what the board shows at first. */
export function toggledGroup(view: View, group: string, { groups, first }: Pick<Offer, 'groups' | 'first'>): View {
  const now = typeof view.show === 'string' ? [] : view.show;
  const isChosen = (one: string) => (one === group ? !now.includes(group) : now.includes(one));
  return { ...view, show: showOf(groups.filter(isChosen), groups, first) };
}
