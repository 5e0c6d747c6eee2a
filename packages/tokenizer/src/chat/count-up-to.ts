import type { EncodeOptions, Tokenizer } from '../tokenizer.ts';

/** A tokenizer, or whatever else makes ids of texts; without `countTokens` all ids are made, whatever the limit. */
export type CountingTokenizer = Pick<Tokenizer, 'encode'> & Partial<Pick<Tokenizer, 'countTokens'>>;

/** The number of tokens of a text, which is read no further than to where there are more than `limit`: then undefined. */
export function countUpTo(
  tokenizer: CountingTokenizer,
  text: string,
  options: EncodeOptions,
  limit: number = Number.POSITIVE_INFINITY,
): number | undefined {
  const isLimited = limit < Number.POSITIVE_INFINITY;
  const count = tokenizer.countTokens
    ? tokenizer.countTokens(text, isLimited ? { ...options, limit } : options)
    : tokenizer.encode(text, options).length;
  return count <= limit ? count : undefined;
}
