import type { NormalizedText } from '../normalized-text.ts';
import type { TextPattern } from '../text-pattern.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';
import { type SplitBehavior, splitAtDelimiters } from './split-behavior.ts';

export interface SplitOptions {
  /** What becomes of the matches (default `Isolated`). */
  readonly behavior?: SplitBehavior;
  /** Whether what lies between the matches counts as match, and the other way round (default false). */
  readonly invert?: boolean;
}

/** Cuts text where a pattern matches. */
export class SplitPreTokenizer implements PreTokenizer {
  readonly type = 'Split';
  readonly pattern: TextPattern;
  readonly behavior: SplitBehavior;
  readonly invert: boolean;

  constructor(pattern: TextPattern, { behavior = 'Isolated', invert = false }: SplitOptions = {}) {
    this.pattern = pattern;
    this.behavior = behavior;
    this.invert = invert;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    if (text.length === 0) return;
    splitAtDelimiters(text, this.pattern.matches(text.text), this.behavior, this.invert, output);
  }

  toJSON(): PreTokenizerJson {
    return {
      type: this.type,
      pattern: this.pattern.toJSON(),
      behavior: this.behavior,
      invert: this.invert,
    };
  }
}

/** Whether a pre-tokenizer makes a word of each character. */
export function splitsCharacters(preTokenizer: PreTokenizer | undefined): boolean {
  if (!(preTokenizer instanceof SplitPreTokenizer)) return false;
  const { pattern, behavior, invert } = preTokenizer;
  const json = pattern.toJSON();
  return 'Regex' in json && ['[\\s\\S]', ''].includes(json.Regex) && behavior === 'Isolated' && !invert;
}
