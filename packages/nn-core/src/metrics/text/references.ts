/** The references of one hypothesis: one text, or several. */
export type References = string | readonly string[];

/** The references as a list. @throws {RangeError} if there is none; an empty text is one */
export function referenceList(owner: string, references: References): readonly string[] {
  const list = typeof references === 'string' ? [references] : references;
  if (list.length === 0) throw new RangeError(`${owner}: references must hold a text, got none.`);
  return list;
}

/** Calls `visit` with each hypothesis and its references. @throws {RangeError} if their numbers differ */
export function eachSegment(
  owner: string,
  hypotheses: readonly string[],
  references: readonly References[],
  visit: (hypothesis: string, references: References) => void,
): void {
  if (hypotheses.length !== references.length) {
    throw new RangeError(
      `${owner}: references must hold one entry for each of ${hypotheses.length} hypotheses, got ${references.length}. Several references of one hypothesis go into an array of their own.`,
    );
  }
  for (const [index, hypothesis] of hypotheses.entries()) visit(hypothesis, references[index]!);
}
