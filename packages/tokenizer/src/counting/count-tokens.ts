import { BlockEncoder } from '../boundaries/block-encoder.ts';
import { describeValue } from '../describe-value.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { TextInput } from '../text-input.ts';
import type { EncodeOptions, Tokenizer } from '../tokenizer.ts';
import { encodedLength } from './encoded-length.ts';

export interface CountTokensOptions extends EncodeOptions {
  /** Up to which number to count: a text with more tokens counts as one more than that (default: there is no limit). */
  readonly limit?: number;
}

/**
 * How many tokens a text has.
 *
 * With a limit, the text is encoded block by block, and no further than to where the limit is passed; see `TextBoundaries`.
 */
export function countTokens(tokenizer: Tokenizer, text: TextInput, options: CountTokensOptions = {}): number {
  const { pair, addSpecialTokens = true, parseSpecialTokens = true, limit } = options;
  if (limit === undefined || tokenizer.model.isRandom) {
    const isBare = !tokenizer.truncation && !tokenizer.padding;
    const bare = isBare ? tokenizer : tokenizer.with({ truncation: undefined, padding: undefined });
    const { length } = bare.encode(text, options);
    return limit === undefined ? length : Math.min(length, limit + 1);
  }
  if (!Number.isInteger(limit) || limit < 0) {
    throw new RangeError(`countTokens: limit must be an integer from 0 on, got ${describeValue(limit)}.`);
  }
  const inputs = pair === undefined ? [text] : [text, pair];
  const lengths = inputs.map(() => 0);
  const total = (): number => encodedLength(lengths, tokenizer.postProcessor, addSpecialTokens);
  let rest = limit - total();
  for (const [index, input] of inputs.entries()) {
    for (const word of Array.isArray(input) ? input : [input]) {
      const parameter = index === 0 ? 'text' : 'pair';
      if (typeof word !== 'string') {
        throw new TypeError(`countTokens: ${parameter} must be a string, got ${describeValue(word)}.`);
      }
      if (rest < 0) break;
      const count = countUpTo(tokenizer, word, rest, parseSpecialTokens);
      lengths[index]! += count;
      rest -= count;
    }
  }
  return Math.min(total(), limit + 1);
}

/** The number of tokens of a text, or of a beginning of it that has more than `limit`. */
function countUpTo(tokenizer: Tokenizer, text: string, limit: number, parseSpecialTokens: boolean): number {
  const encoder = BlockEncoder.for(tokenizer);
  const buffer = new IdBuffer(SHORTEST_BLOCK);
  let count = 0;
  for (let start = 0; start < text.length && count <= limit; ) {
    const end = encoder.blockEnd(text, start, Math.max(SHORTEST_BLOCK, limit - count));
    buffer.clear();
    encoder.encode(text.slice(start, end), start === 0, parseSpecialTokens, buffer);
    count += buffer.length;
    start = end;
  }
  return count;
}

/** In code units. A token has four in English, one in Chinese: blocks of as many as tokens are left seldom have too many. */
const SHORTEST_BLOCK = 256;
