import type { AddedToken } from '../added-tokens.ts';
import { describeValue } from '../describe-value.ts';

/** A special token: its text, or that and how it is found in texts. */
export type TrainingSpecialToken = string | Omit<AddedToken, 'id' | 'special'>;

/**
 * Special tokens with ids from 0 on, in the order given; then the unknown token, unless it is one of them.
 *
 * @throws {TypeError} if one is no text or empty
 * @throws {RangeError} if one comes twice
 */
export function numberSpecialTokens(
  tokens: readonly TrainingSpecialToken[],
  unknownToken: string | null,
  caller: string,
): AddedToken[] {
  const added: AddedToken[] = [];
  const contents = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    const parameter = `${caller}: specialTokens[${index}]`;
    const fields = typeof token === 'string' ? { content: token } : token;
    const content: unknown = fields?.content;
    if (typeof content !== 'string' || content === '') {
      throw new TypeError(
        `${parameter} must be a text that is not empty, got ${describeValue(content ?? token)}.`,
      );
    }
    if (contents.has(content)) {
      throw new RangeError(`${parameter} must be named once, got ${describeValue(content)} again.`);
    }
    contents.add(content);
    added.push({ ...fields, id: index, special: true });
  }
  if (unknownToken === '') {
    throw new RangeError(`${caller}: unknownToken must not be empty, got "".`);
  }
  if (unknownToken !== null && !contents.has(unknownToken)) {
    added.push({ id: added.length, content: unknownToken, special: true });
  }
  return added;
}

/** Tokens by id while training adds to them. */
export class GrowingVocabulary {
  /** Token text by id; undefined where an id is left out. */
  readonly tokens: (string | undefined)[];
  readonly #ids: Map<string, number>;

  constructor(tokens: Iterable<string | undefined>) {
    this.tokens = [...tokens];
    this.#ids = new Map();
    for (const [id, token] of this.tokens.entries()) if (token !== undefined) this.#ids.set(token, id);
  }

  /** How many tokens there are. */
  get count(): number {
    return this.#ids.size;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** The id of a token, which gets the next one if it has none. */
  add(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    this.#ids.set(token, this.tokens.length);
    return this.tokens.push(token) - 1;
  }
}
