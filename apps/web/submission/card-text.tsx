import { memo } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import { Scroll } from '../figure/figure-table.tsx';
import styles from './submission.module.css';

/** A line within this many quotes and lists: no card has one, and readers of Markdown take minutes over thousands. */
const TOO_DEEP = /^(?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])[ \t])){20}/m;

/**
 * Markdown of a stranger: no HTML of its own, no image, no address but http and https, and its headings below ours. What
 * cannot be read as Markdown stands as it was written.
 */
export const CardText = memo(function CardText({ text }: { text: string }) {
  return <div className={styles.card}>{TOO_DEEP.test(text) ? <pre>{text}</pre> : rendered(text)}</div>;
});

/** Called as the plain function that it is, so that a fault of the reader ends here and not with the page. */
function rendered(children: string) {
  try {
    const remarkPlugins = [remarkFrontmatter, remarkGfm];
    return Markdown({ children, remarkPlugins, components: PARTS, urlTransform: webAddress, skipHtml: true });
  } catch {
    return <pre>{children}</pre>;
  }
}

function webAddress(url: string): string | null {
  return /^https?:\/\//i.test(url) ? url : null;
}

const PARTS: Components = {
  h1: 'h3',
  h2: 'h4',
  h3: 'h5',
  h4: 'h6',
  h5: 'h6',
  a: ({ href, children }) =>
    href ? (
      <a href={href} rel="noopener noreferrer nofollow ugc">
        {children}
      </a>
    ) : (
      children
    ),
  img: ({ alt }) => (alt ? `[image: ${alt}]` : null),
  table: ({ children }) => (
    <Scroll label="Table of the model card">
      <table>{children}</table>
    </Scroll>
  ),
};
