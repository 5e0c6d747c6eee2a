import type { NormalizedText } from '../normalized-text.ts';
import { isWhiteSpace, isWordCharacter } from '../unicode/characters.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';
import { splitRuns } from './split-runs.ts';

/** Cuts at white space, and between runs of word characters (letters, marks, digits, `_`) and of others. */
export class WhitespacePreTokenizer implements PreTokenizer {
  readonly type = 'Whitespace';

  split(text: NormalizedText, output: NormalizedText[]): void {
    splitRuns(text, wordOrOther, output);
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type };
  }
}

/** Cuts at white space. */
export class WhitespaceSplitPreTokenizer implements PreTokenizer {
  readonly type = 'WhitespaceSplit';

  split(text: NormalizedText, output: NormalizedText[]): void {
    splitRuns(text, spaceOrOther, output);
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type };
  }
}

function wordOrOther(codePoint: number): number {
  if (isWordCharacter(codePoint)) return 1;
  return isWhiteSpace(codePoint) ? 0 : 2;
}

function spaceOrOther(codePoint: number): number {
  return isWhiteSpace(codePoint) ? 0 : 1;
}
