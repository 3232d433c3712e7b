import Link from 'next/link';

export default function UnknownSubmission() {
  return (
    <>
      <h1>No submission has this address</h1>
      <p className="lead">
        The address may be incomplete: it ends with the whole identity that <code>gdbench submit</code> or the Submit
        page gave. Every submission that is on the board is linked from its row.
      </p>
      <Link href="/" className="button">
        To the leaderboard
      </Link>
    </>
  );
}
