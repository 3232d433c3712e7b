import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ProtocolBadge } from '../figure/protocol.tsx';
import { Protocols } from './protocols.tsx';
import { parseView } from './view.ts';

const offer = { metrics: ['clevr.average'], groups: [], first: 'all' } as const;
const html = (href: string, others: string[]) =>
  renderToStaticMarkup(
    createElement(Protocols, { view: parseView(new URL(href, 'http://board').searchParams, offer), offer, others }),
  );
/** Text, address and whether it is where the reader stands, of each link. */
const links = (markup: string) =>
  [...markup.matchAll(/<a ([^>]*)>([^<]*)<\/a>/g)].map(([, attributes, text]) => [
    text,
    /href="([^"]*)"/.exec(attributes ?? '')?.[1]?.replaceAll('&amp;', '&'),
    /aria-current="page"/.test(attributes ?? ''),
  ]);

it('is not there while the board is the only list', () => {
  expect(html('/', [])).toBe('');
  expect(html('/', ['cosine', 'diffusion-itm'])).toBe('');
});

it('leads to each other list and back, and keeps what else the reader chose but the page', () => {
  const adaptive = 'diffusion-itm-adaptive';
  expect(links(html('/?sort=clevr.average&after=x', [adaptive]))).toEqual([
    ['Leaderboard', '/?sort=clevr.average', true],
    [adaptive, `/?protocol=${adaptive}&sort=clevr.average`, false],
  ]);
  // on the list of a protocol, the others are the board's own ones too
  expect(links(html(`/?protocol=${adaptive}`, ['cosine', 'diffusion-itm-gray']))).toEqual([
    ['Leaderboard', '/', false],
    [adaptive, `/?protocol=${adaptive}`, true],
    ['diffusion-itm-gray', '/?protocol=diffusion-itm-gray', false],
  ]);
});

it('names a protocol that is not the board’s own', () => {
  const badge = (protocol: string | null) => renderToStaticMarkup(createElement(ProtocolBadge, { protocol }));
  for (const protocol of ['cosine', 'matching', 'diffusion-itm', null]) expect(badge(protocol)).toBe('');
  expect(badge('diffusion-itm-adaptive')).toContain('>diffusion-itm-adaptive<');
});
