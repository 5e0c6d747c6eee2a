import type { NormalizedText } from '../normalized-text.ts';
import { isPunctuation, isWhiteSpace } from '../unicode/characters.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';
import { SINGLE, splitRuns } from './split-runs.ts';

/** Cuts at white space; each punctuation character is a word. */
export class BertPreTokenizer implements PreTokenizer {
  readonly type = 'BertPreTokenizer';

  split(text: NormalizedText, output: NormalizedText[]): void {
    splitRuns(text, kindOf, output);
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type };
  }
}

function kindOf(codePoint: number): number {
  if (isWhiteSpace(codePoint)) return 0;
  return isPunctuation(codePoint) ? SINGLE : 1;
}
