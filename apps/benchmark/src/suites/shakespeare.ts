import { readFile } from 'node:fs/promises';
import { type Tokenizer, trainCharacters } from '@wordloom/tokenizer';

const TEXT = new URL('../../../demo/data/tinyshakespeare.txt', import.meta.url);

/** The complete text, and its 65 characters as tokens. */
export async function readShakespeare(): Promise<{ text: string; tokens: Int32Array; tokenizer: Tokenizer }> {
  const text = await readFile(TEXT, 'utf8');
  const tokenizer = trainCharacters(text);
  return { text, tokens: tokenizer.encode(text), tokenizer };
}
