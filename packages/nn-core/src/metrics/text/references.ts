/** The references of one hypothesis: one text, or several. */
export type References = string | readonly string[];

/**
 * The references as a list. Empty ones are left out, so that a segment may have fewer than another.
 *
 * @throws {RangeError} if none is left
 */
export function referenceList(owner: string, references: References): readonly string[] {
  const list = (typeof references === 'string' ? [references] : references).filter((text) => text !== '');
  if (list.length === 0) {
    throw new RangeError(`${owner}: references must hold a text that is not empty, got none.`);
  }
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

/** Remembers how many references segments had, for signatures: a number, or `var` if they differ. */
export class ReferenceCount {
  #count: number | 'var' | undefined;

  add(count: number): void {
    this.#count = this.#count === undefined || this.#count === count ? count : 'var';
  }

  toString(): string {
    return `${this.#count ?? 0}`;
  }
}

/** The release of sacreBLEU whose scores and signatures these are. */
export const SACREBLEU_VERSION = '2.6.0';

/** Fields joined as sacreBLEU joins them; booleans become yes and no. */
export function signatureOf(fields: Readonly<Record<string, string | number | boolean>>): string {
  return [...Object.entries(fields), ['version', SACREBLEU_VERSION] as const]
    .map(([name, value]) => `${name}:${value === true ? 'yes' : value === false ? 'no' : value}`)
    .join('|');
}
