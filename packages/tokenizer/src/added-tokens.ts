import { describeValue } from './describe-value.ts';
import type { AddedTokenJson } from './tokenizer-json.ts';

/**
 * A token matched as a whole in the text, before anything else looks at it; `<|endoftext|>` is the usual one.
 */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** A control token, which decoding can leave out. */
  readonly special: boolean;
  /** Looked for after the others, as Hugging Face does. */
  readonly normalized: boolean;
}

/** The added tokens of a tokenizer. */
export class AddedTokens {
  /** Ids of the special ones by content. */
  readonly special: ReadonlyMap<string, number>;
  readonly #tokens: readonly AddedToken[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #specialIds: ReadonlySet<number>;
  readonly #patterns: readonly RegExp[];
  readonly #patternsWithoutSpecial: readonly RegExp[];

  constructor(tokens: readonly AddedToken[]) {
    this.#tokens = tokens;
    this.#ids = new Map(tokens.map(({ content, id }) => [content, id]));
    this.special = new Map(tokens.filter(({ special }) => special).map(({ content, id }) => [content, id]));
    this.#specialIds = new Set(this.special.values());
    this.#patterns = patternsOf(tokens);
    this.#patternsWithoutSpecial = patternsOf(tokens.filter(({ special }) => !special));
  }

  isSpecial(id: number): boolean {
    return this.#specialIds.has(id);
  }

  /**
   * The text as stretches between added tokens (strings, never empty) and added tokens (their ids), in order. An added
   * token is found at the leftmost place where one begins, and of several there the longest.
   */
  split(text: string, parseSpecialTokens: boolean): (string | number)[] {
    let segments: (string | number)[] = text === '' ? [] : [text];
    for (const pattern of parseSpecialTokens ? this.#patterns : this.#patternsWithoutSpecial) {
      segments = segments.flatMap((segment) =>
        typeof segment === 'string' ? this.#cut(segment, pattern) : segment,
      );
    }
    return segments;
  }

  toJSON(): AddedTokenJson[] {
    return this.#tokens.map(({ id, content, special, normalized }) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized,
      special,
    }));
  }

  #cut(text: string, pattern: RegExp): (string | number)[] {
    const segments: (string | number)[] = [];
    let start = 0;
    for (const match of text.matchAll(pattern)) {
      if (match.index > start) segments.push(text.slice(start, match.index));
      segments.push(this.#ids.get(match[0])!);
      start = match.index + match[0].length;
    }
    if (start < text.length) segments.push(text.slice(start));
    return segments;
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
  return contents.map((content, id) => ({ id, content, special: true, normalized: false }));
}

function patternsOf(tokens: readonly AddedToken[]): RegExp[] {
  return [tokens.filter(({ normalized }) => !normalized), tokens.filter(({ normalized }) => normalized)]
    .filter((group) => group.length > 0)
    .map(alternation);
}

/** Longest first, because an alternation takes the first alternative that matches. */
function alternation(tokens: readonly AddedToken[]): RegExp {
  const contents = tokens.map(({ content }) => content).sort((a, b) => b.length - a.length);
  return new RegExp(contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g');
}
