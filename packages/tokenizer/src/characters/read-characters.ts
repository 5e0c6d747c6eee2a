import type { AddedToken } from '../added-tokens.ts';
import type { JsonReader } from '../json-reader.ts';
import type { Vocab } from '../vocab.ts';
import { CharacterTokenizer, isCharacter } from './character-tokenizer.ts';

/** The character half of `loadTokenizer`. */
export function readCharacters(
  file: JsonReader,
  vocab: Vocab,
  addedTokens: readonly AddedToken[],
): CharacterTokenizer {
  const preTokenizer = file.field('pre_tokenizer');
  if (!splitsCharacters(preTokenizer)) {
    throw preTokenizer.unsupported('"Split" into single characters (Regex "[\\s\\S]", behavior "Isolated")');
  }
  const decoder = file.field('decoder');
  if (!decoder.value || decoder.field('type').value !== 'Fuse') throw decoder.unsupported('"Fuse"');
  file.field('post_processor').expectAbsent();

  const model = file.field('model');
  const unknownToken = model.field('unk_token').string();
  const whole = new Set([unknownToken, ...addedTokens.map(({ content }) => content)]);
  for (const [token, entry] of model.field('vocab').entries()) {
    if (!isCharacter(token) && !whole.has(token)) throw entry.unsupported('tokens of one character');
  }
  return new CharacterTokenizer({ tokens: vocab.tokens, addedTokens, unknownToken });
}

function splitsCharacters(preTokenizer: JsonReader): boolean {
  if (!preTokenizer.value) return false;
  const { type, pattern, behavior, invert } = preTokenizer.object();
  const regex = (pattern as { Regex?: unknown } | undefined)?.Regex;
  return (
    type === 'Split' && (regex === '[\\s\\S]' || regex === '') && behavior === 'Isolated' && invert !== true
  );
}
