import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ProtocolBadge } from '../figure/protocol.tsx';
import { Lists, listHref } from './lists.tsx';
import { parseView, viewHref } from './view.ts';

const offer = { metrics: ['clevr.average'], groups: [], first: 'all' } as const;
/** As the board shows them at an address. */
const html = (address: string, others: string[]) => {
  const view = parseView(new URL(address, 'http://board').searchParams, offer);
  const href = (protocol: string | null) => viewHref({ ...view, after: null, protocol }, offer);
  return renderToStaticMarkup(createElement(Lists, { current: view.protocol, others, href }));
};
/** Text, address and whether it is where the reader stands, of each link. */
const links = (markup: string) =>
  [...markup.matchAll(/<a ([^>]*)>([^<]*)<\/a>/g)].map(([, attributes, text]) => [
    text,
    /href="([^"]*)"/.exec(attributes ?? '')?.[1]?.replaceAll('&amp;', '&'),
    /aria-current="page"/.test(attributes ?? ''),
  ]);
/** The pages beside the lists; the reader is on none of them. */
const beside = [
  ['Questions', '/questions', false],
  ['Reported in the paper', '/reported', false],
];

it('leads to the questions and the reported figures while the board is the only measured list', () => {
  const board = [['Measured', '/', true], ...beside];
  expect(links(html('/', []))).toEqual(board);
  expect(links(html('/', ['cosine', 'diffusion-itm']))).toEqual(board);
});

it('leads to each other list and back, and keeps what else the reader chose but the page', () => {
  const adaptive = 'diffusion-itm-adaptive';
  expect(links(html('/?sort=clevr.average&after=x', [adaptive]))).toEqual([
    ['Measured', '/?sort=clevr.average', true],
    [adaptive, `/?protocol=${adaptive}&sort=clevr.average`, false],
    ...beside,
  ]);
  // on the list of a protocol, the others are the board's own ones too
  expect(links(html(`/?protocol=${adaptive}`, ['cosine', 'diffusion-itm-gray']))).toEqual([
    ['Measured', '/', false],
    [adaptive, `/?protocol=${adaptive}`, true],
    ['diffusion-itm-gray', '/?protocol=diffusion-itm-gray', false],
    ...beside,
  ]);
});

it.each([
  ['questions', 'Questions'],
  ['reported', 'Reported in the paper'],
])('says that the reader is on the page %s', (current, title) => {
  const markup = renderToStaticMarkup(createElement(Lists, { current, others: [], href: listHref }));
  expect(links(markup).filter(([, , isHere]) => isHere)).toEqual([[title, `/${current}`, true]]);
  expect(markup).not.toContain('ranked among');
});

it('names a protocol that is not the board’s own', () => {
  const badge = (protocol: string | null) => renderToStaticMarkup(createElement(ProtocolBadge, { protocol }));
  for (const protocol of ['cosine', 'matching', 'diffusion-itm', null]) expect(badge(protocol)).toBe('');
  expect(badge('diffusion-itm-adaptive')).toContain('>diffusion-itm-adaptive<');
});
