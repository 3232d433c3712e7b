/** What the board is about; the page and its skeleton begin with the same words at the same height. */
export function Introduction() {
  return (
    <>
      <h1>Which models understand what they see?</h1>
      <p className="lead">
        Image-text matching and social bias of generative and discriminative models. Every figure has its 95% interval,
        its chance level and the one command that re-creates it.
      </p>
    </>
  );
}
