import type { GenerateOptions, TokenGenerator } from './token-generator.ts';

/** What {@link generateText} needs of a tokenizer; those of `@wordloom/tokenizer` have it. */
export interface TextTokenizer {
  encode(text: string): Int32Array;
  createTextDecoder(): { push(id: number): string; end(): string };
}

/**
 * Continues a text, piece by piece. A piece never ends inside a character, whose bytes may be several tokens.
 *
 * @param prompt what the text starts with; it is not part of what is returned
 * @throws {RangeError} as {@link TokenGenerator.generate}, and if the tokenizer does not know a character of the prompt
 * @example
 * for await (const piece of generateText(generator, tokenizer, 'ROMEO:', { maxTokens: 200 })) process.stdout.write(piece);
 */
export async function* generateText(
  generator: TokenGenerator,
  tokenizer: TextTokenizer,
  prompt: string,
  options: GenerateOptions,
): AsyncGenerator<string, void, void> {
  const decoder = tokenizer.createTextDecoder();
  const ids = tokenizer.encode(prompt);
  for (const id of ids) decoder.push(id); // so that the first piece begins with a blank where there is one
  for await (const id of generator.generate(ids, options)) {
    const piece = decoder.push(id);
    if (piece !== '') yield piece;
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
}
