import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseView, sortedBy, toggledGroup, type View, viewHref } from './view.ts';

const metrics = ['clevr.average', 'clevr.spatial', 'mmbias.A-B.effect_size'];
const groups = ['Binding', 'Relations', 'Bias'];
const parse = (href: string) => parseView(new URL(href, 'http://board').searchParams, metrics, groups);

const view: fc.Arbitrary<View> = fc.record({
  sort: fc.option(fc.constantFrom(...metrics)),
  ascending: fc.boolean(),
  groups: fc.option(fc.subarray(groups, { minLength: 1, maxLength: groups.length - 1 })),
  after: fc.option(fc.string({ minLength: 1 })),
});

describe('the view in the address', () => {
  it('comes back from its address as it was', () => {
    fc.assert(
      fc.property(view, (v) => {
        expect(parse(viewHref(v))).toEqual(v);
      }),
    );
  });

  it('is the plain address where nothing was chosen', () => {
    expect(viewHref({ sort: null, ascending: false, groups: null, after: null })).toBe('/');
  });

  it('leaves out what this board does not know', () => {
    expect(parse('/?sort=gone.metric&show=Gone,Bias&order=sideways')).toEqual({
      sort: null,
      ascending: false,
      groups: ['Bias'],
      after: null,
    });
  });

  it('turns the order on a second click of the same column, and starts with the best on another', () => {
    const start = parse('/');
    const once = sortedBy(start, 'clevr.spatial', 'clevr.average');
    expect(once).toMatchObject({ sort: 'clevr.spatial', ascending: false });
    expect(sortedBy(once, 'clevr.spatial', 'clevr.average')).toMatchObject({ sort: 'clevr.spatial', ascending: true });
    expect(sortedBy(start, 'clevr.average', 'clevr.average')).toMatchObject({ sort: null, ascending: true });
  });

  it('toggles a group twice to where it was, and shows all when none or all are chosen', () => {
    fc.assert(
      fc.property(view, fc.constantFrom(...groups), (v, group) => {
        const next = toggledGroup(v, group, groups);
        expect(next.groups?.includes(group) ?? true).toBe(
          !(v.groups?.includes(group) ?? false) || next.groups === null,
        );
        if (next.groups !== null && v.groups !== null) expect(toggledGroup(next, group, groups)).toEqual(v);
      }),
    );
  });
});
