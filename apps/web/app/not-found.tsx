import Link from 'next/link';

export const metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <>
      <h1>There is no such page</h1>
      <p className="lead">The address may be mistyped, or the page was never here.</p>
      <Link href="/" className="button">
        To the leaderboard
      </Link>
    </>
  );
}
