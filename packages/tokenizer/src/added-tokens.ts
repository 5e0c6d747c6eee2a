import { describeValue } from './describe-value.ts';
import { NormalizedText } from './normalized-text.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import { TokenMatcher } from './token-matcher.ts';
import type { AddedTokenJson } from './tokenizer-json.ts';

/**
 * A token matched as a whole in the text, before anything else looks at it; `<|endoftext|>` is the usual one.
 */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether it is a control token, which decoding can leave out (default false). */
  readonly special?: boolean;
  /** Whether it is looked for in the normalized text, in its own normalized form (default: only if it is not special). */
  readonly normalized?: boolean;
  /** Whether it counts only where no word goes on before or after it (default false). */
  readonly singleWord?: boolean;
  /** Whether white space before it belongs to it (default false). */
  readonly leftStrip?: boolean;
  /** Whether white space after it belongs to it (default false). */
  readonly rightStrip?: boolean;
}

/** A stretch of text between added tokens, or what was matched as one. */
export interface Segment {
  readonly text: NormalizedText;
  /** The id of the added token that the stretch is; undefined for text. */
  readonly id: number | undefined;
}

/** The added tokens of a tokenizer. */
export class AddedTokens {
  readonly tokens: readonly Required<AddedToken>[];
  /** Ids of the special ones by content. */
  readonly special: ReadonlyMap<string, number>;
  readonly #byId: ReadonlyMap<number, Required<AddedToken>>;
  readonly #ids: ReadonlyMap<string, number>;
  /** Those looked for in the text as it is, and those looked for in the normalized text. */
  readonly #plainMatcher: TokenMatcher | undefined;
  readonly #normalizedMatcher: TokenMatcher | undefined;

  constructor(tokens: readonly AddedToken[], normalizer?: Normalizer | undefined) {
    this.tokens = tokens.map(
      ({
        id,
        content,
        special = false,
        normalized = !special,
        singleWord = false,
        leftStrip = false,
        rightStrip = false,
      }) => ({ id, content, special, normalized, singleWord, leftStrip, rightStrip }),
    );
    this.#byId = new Map(this.tokens.map((token) => [token.id, token]));
    this.#ids = new Map(this.tokens.map(({ content, id }) => [content, id]));
    this.special = new Map(
      this.tokens.filter(({ special }) => special).map(({ content, id }) => [content, id]),
    );
    const matcher = (
      isNormalized: boolean,
      textOf: (content: string) => string,
    ): TokenMatcher | undefined => {
      const group = this.tokens.filter(({ normalized }) => normalized === isNormalized);
      return group.length === 0 ? undefined : new TokenMatcher(group, textOf);
    };
    this.#plainMatcher = matcher(false, (content) => content);
    this.#normalizedMatcher = matcher(true, (content) =>
      normalizer ? normalizer.normalize(NormalizedText.of(content, false)).text : content,
    );
  }

  /** The content of the added token with an id. */
  contentOf(id: number): string | undefined {
    return this.#byId.get(id)?.content;
  }

  idOf(content: string): number | undefined {
    return this.#ids.get(content);
  }

  isSpecial(id: number): boolean {
    return this.#byId.get(id)?.special === true;
  }

  /**
   * Cuts added tokens out of a text and normalizes the rest. An added token is found at the leftmost place where one begins,
   * and of several there the longest.
   *
   * @param firstNormalizer for what comes before the first added token (default `normalizer`)
   * @returns stretches in order, none empty
   */
  split(
    text: NormalizedText,
    normalizer: Normalizer | undefined,
    parseSpecialTokens: boolean,
    firstNormalizer: Normalizer | undefined = normalizer,
  ): Segment[] {
    let segments: Segment[] = [];
    if (this.#plainMatcher) this.#plainMatcher.split(text, parseSpecialTokens, segments);
    else if (text.length > 0) segments.push({ text, id: undefined });
    if (normalizer) {
      segments = segments.map((segment, index) => {
        const used = index === 0 ? firstNormalizer : normalizer;
        return used && segment.id === undefined
          ? { text: used.normalize(segment.text), id: undefined }
          : segment;
      });
    }
    const matcher = this.#normalizedMatcher;
    const split: Segment[] = [];
    for (const segment of segments) {
      if (segment.id !== undefined) split.push(segment);
      else if (matcher) matcher.split(segment.text, parseSpecialTokens, split);
      // Where the reference looks for added tokens it cuts, even if there are none; that sets where the stretch begins.
      else if (segment.text.length > 0)
        split.push({ text: segment.text.slice(0, segment.text.length), id: undefined });
    }
    return split;
  }

  toJSON(): AddedTokenJson[] {
    return [...this.tokens]
      .sort((a, b) => a.id - b.id)
      .map(({ id, content, singleWord, leftStrip, rightStrip, normalized, special }) => ({
        id,
        content,
        single_word: singleWord,
        lstrip: leftStrip,
        rstrip: rightStrip,
        normalized,
        special,
      }));
  }
}

/**
 * The first tokens of a vocabulary: special tokens with ids from 0 on, in the order given.
 *
 * @throws {TypeError} if one is no string or empty
 * @throws {RangeError} if one is a single character, which would take the place of that character, or comes twice
 */
export function makeSpecialTokens(contents: readonly string[], caller: string): AddedToken[] {
  for (const [index, content] of contents.entries()) {
    const parameter = `${caller}: specialTokens[${index}]`;
    if (typeof content !== 'string' || content === '') {
      throw new TypeError(`${parameter} must be a string that is not empty, got ${describeValue(content)}.`);
    }
    if ([...content].length === 1) {
      throw new RangeError(
        `${parameter} must be longer than one character, got ${describeValue(content)}. Write for example "<|end|>".`,
      );
    }
    if (contents.indexOf(content) !== index) {
      throw new RangeError(`${parameter} must be named once, got ${describeValue(content)} again.`);
    }
  }
  return contents.map((content, id) => ({ id, content, special: true }));
}
