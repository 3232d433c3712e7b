import '@fontsource/ibm-plex-sans/latin-400.css';
import '@fontsource/ibm-plex-sans/latin-500.css';
import '@fontsource/ibm-plex-sans/latin-600.css';
import '@fontsource/ibm-plex-sans/latin-700.css';
import '@fontsource/ibm-plex-mono/latin-400.css';
import './look.css';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { BoardPulseDocument } from '../generated/graphql.ts';
import type { Pulse } from '../live/active.ts';
import { ApiOrigin } from '../live/origin.tsx';
import { request } from '../server/request.ts';
import { publicApiUrl } from '../server/settings.ts';
import { Footer } from '../shell/footer.tsx';
import { Header } from '../shell/header.tsx';
import { THEME_SCRIPT } from '../shell/theme.ts';

const description =
  'A live leaderboard of what text-to-image diffusion models and other vision-and-language models understand, measured on GDBench.';

export const metadata: Metadata = {
  title: { default: 'GDBench Leaderboard', template: '%s · GDBench' },
  description,
  openGraph: { title: 'GDBench Leaderboard', description, type: 'website', siteName: 'GDBench' },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#15181e' },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  const pulse = await boardPulse();
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this code base, run under the page's nonce */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
        <ApiOrigin origin={publicApiUrl()}>
          <a className="skip" href="#main">
            Skip to the content
          </a>
          <Header pulse={pulse} />
          <main id="main" tabIndex={-1}>
            {children}
          </main>
          <Footer pulse={pulse} />
        </ApiOrigin>
      </body>
    </html>
  );
}

/** The frame stands even while the API is away: the page inside says what is wrong. */
async function boardPulse(): Promise<Pulse | null> {
  try {
    return (await request(BoardPulseDocument, {})).leaderboard;
  } catch {
    return null;
  }
}
