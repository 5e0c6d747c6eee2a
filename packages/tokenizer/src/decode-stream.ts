import type { TokenId } from './token-id.ts';
import type { DecodeOptions, Tokenizer } from './tokenizer.ts';

/**
 * Decodes token ids as they arrive, for showing text while it is generated.
 *
 * A character whose bytes are spread over several tokens is held back until it is whole, so nothing shown is ever taken back.
 *
 * @returns pieces of text, none empty; joined they are `tokenizer.decode` of all ids
 * @throws {RangeError} if an id is not in the vocabulary
 * @example
 * for await (const text of decodeStream(tokenizer, generate(model, prompt, { maxTokens: 100 }))) show(text);
 */
export async function* decodeStream<V extends string = string>(
  tokenizer: Pick<Tokenizer<V>, 'createTextDecoder'>,
  ids: Iterable<TokenId<V>> | AsyncIterable<TokenId<V>>,
  options?: DecodeOptions,
): AsyncGenerator<string, void, void> {
  const decoder = tokenizer.createTextDecoder(options);
  for await (const id of ids) {
    const text = decoder.push(id);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
}
