import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Offer, parseView, type Show, sortedBy, toggledGroup, type View, viewHref } from './view.ts';

const groups = ['Binding', 'Relations', 'Bias'];
const metrics = ['clevr.average', 'clevr.spatial', 'mmbias.A-B.effect_size'];
const narrow: Offer = { metrics, groups, first: 'all' };
const wide: Offer = { metrics, groups, first: 'overview' };
const parse = (href: string, offer = narrow) => parseView(new URL(href, 'http://board').searchParams, offer);

const some = fc.subarray(groups, { minLength: 1, maxLength: groups.length - 1 });
const viewOf = ({ first }: Offer): fc.Arbitrary<View> =>
  fc.record({
    sort: fc.option(fc.constantFrom(...metrics)),
    ascending: fc.boolean(),
    show: fc.oneof(some, fc.constant(first), fc.constant('all' as const)),
    after: fc.option(fc.string({ minLength: 1 })),
    protocol: fc.constantFrom(null, 'diffusion-itm-adaptive', 'diffusion-itm-gray'),
  });
const any = fc
  .constantFrom(narrow, wide)
  .chain((offer) => fc.record({ offer: fc.constant(offer), view: viewOf(offer) }));

describe('the view in the address', () => {
  it('comes back from its address as it was', () => {
    fc.assert(
      fc.property(any, ({ offer, view }) => {
        expect(parse(viewHref(view, offer), offer)).toEqual(view);
      }),
    );
  });

  it('is the plain address where nothing was chosen', () => {
    for (const offer of [narrow, wide])
      expect(viewHref({ sort: null, ascending: false, show: offer.first, after: null, protocol: null }, offer)).toBe(
        '/',
      );
    expect(parse('/', wide).show).toBe('overview');
    expect(parse('/?show=all', wide).show).toBe('all');
  });

  it('leaves out what this board does not know', () => {
    expect(parse('/?sort=gone.metric&show=Gone,Bias&order=sideways&protocol=guess')).toEqual({
      sort: null,
      ascending: false,
      show: ['Bias'],
      after: null,
      protocol: null,
    });
    expect(parse('/?protocol=cosine').protocol).toBeNull();
    expect(parse('/?show=overview').show).toBe('all');
  });

  it('turns the order on a second click of the same column, and starts with the best on another', () => {
    const start = parse('/');
    const once = sortedBy(start, 'clevr.spatial', 'clevr.average');
    expect(once).toMatchObject({ sort: 'clevr.spatial', ascending: false });
    expect(sortedBy(once, 'clevr.spatial', 'clevr.average')).toMatchObject({ sort: 'clevr.spatial', ascending: true });
    expect(sortedBy(start, 'clevr.average', 'clevr.average')).toMatchObject({ sort: null, ascending: true });
  });

  it('toggles a group twice to where it was, and shows the first view or all when none or all are chosen', () => {
    fc.assert(
      fc.property(any, fc.constantFrom(...groups), ({ offer, view }, group) => {
        const { show } = toggledGroup(view, group, offer);
        const chosen = (one: Show) => (typeof one === 'string' ? [] : one);
        if (typeof show !== 'string') {
          expect(show.includes(group)).toBe(!chosen(view.show).includes(group));
          if (typeof view.show !== 'string') expect(toggledGroup({ ...view, show }, group, offer)).toEqual(view);
        } else if (chosen(view.show).includes(group)) expect(show).toBe(offer.first);
        else expect(show).toBe('all');
      }),
    );
  });
});
