'use client';

/** Whatever could not be shown; in nearly all cases the API is away for a moment. */
export default function PageError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <h1>This page cannot be shown right now</h1>
      <p className="lead" role="alert">
        The web pages run, but the API behind them does not answer. Evaluations that are on their way are not affected.
        Wait a moment and try again; if it stays away, look at the API’s log.
      </p>
      <button type="button" className="button primary" onClick={retry}>
        Try again
      </button>
    </>
  );
}
