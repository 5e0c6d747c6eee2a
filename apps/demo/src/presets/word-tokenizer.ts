import { loadTokenizer, type Tokenizer } from '@wordloom/tokenizer';

/** What stands for words that are not in the vocabulary. */
export const UNKNOWN = '<unk>';
/** What stands for the end of a line. */
export const END_OF_LINE = '<eos>';

/**
 * A tokenizer of words between blanks, the most frequent first, after {@link UNKNOWN} and {@link END_OF_LINE}.
 *
 * @param lineEnds  whether the end of a line is a token
 * @param lowercase whether capital letters become small
 */
export function wordTokenizer(
  text: string,
  { lineEnds = false, lowercase = false }: { readonly lineEnds?: boolean; readonly lowercase?: boolean } = {},
): Tokenizer {
  const counts = new Map<string, number>();
  for (const [word] of (lowercase ? text.toLowerCase() : text).matchAll(/\S+/g)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const own = [UNKNOWN, ...(lineEnds ? [END_OF_LINE] : [])];
  const words = [...counts]
    .filter(([word]) => !own.includes(word))
    .sort(([, a], [, b]) => b - a)
    .map(([word]) => word);
  return loadTokenizer(
    JSON.stringify({
      version: '1.0',
      added_tokens: [],
      normalizer: {
        type: 'Sequence',
        normalizers: [
          ...(lowercase ? [{ type: 'Lowercase' }] : []),
          ...(lineEnds ? [{ type: 'Replace', pattern: { String: '\n' }, content: ` ${END_OF_LINE} ` }] : []),
        ],
      },
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: null,
      decoder: null,
      model: {
        type: 'WordLevel',
        vocab: Object.fromEntries([...own, ...words].map((word, id) => [word, id])),
        unk_token: UNKNOWN,
      },
    }),
  );
}
