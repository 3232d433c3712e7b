/** The refusal of an id that no evaluation has. */
export function evaluationNotFound(id: string) {
  return {
    __typename: 'NotFoundError',
    code: 'EVALUATION_NOT_FOUND',
    message: `There is no evaluation with the id "${id.slice(0, 60)}".`,
    remedy: 'Use the id that submitting the checkpoint gave.',
  } as const;
}
