import { ByteLevelPreTokenizer } from './byte-level.ts';
import { MetaspacePreTokenizer } from './metaspace.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import { SequencePreTokenizer } from './sequence.ts';

/**
 * Whether a pre-tokenizer needs to know where in the original text a stretch begins, and only tracking can tell.
 *
 * @param isMoved whether a stretch may begin elsewhere in the original text than its characters tell
 */
export function asksForOrigin(preTokenizer: PreTokenizer | undefined, isMoved: boolean): boolean {
  if (preTokenizer instanceof MetaspacePreTokenizer) return isMoved && preTokenizer.prependScheme === 'first';
  if (!(preTokenizer instanceof SequencePreTokenizer)) return false;
  return preTokenizer.parts.some((part, index) => {
    const before = preTokenizer.parts.slice(0, index);
    return asksForOrigin(part, isMoved || !before.every(keepsText));
  });
}

/** Whether a pre-tokenizer only cuts, and changes nothing. */
function keepsText(preTokenizer: PreTokenizer): boolean {
  if (preTokenizer instanceof SequencePreTokenizer) return preTokenizer.parts.every(keepsText);
  return !(preTokenizer instanceof MetaspacePreTokenizer || preTokenizer instanceof ByteLevelPreTokenizer);
}
