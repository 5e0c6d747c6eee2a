import type { NormalizedText } from '../normalized-text.ts';
import { runLengths } from '../unicode/code-point-set.ts';
import { scriptClassSets } from '../unicode/tables/script-classes.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';

/**
 * Cuts between characters of different scripts. Hiragana and Katakana count as Han; spaces and characters of no script stay
 * with what is before them; at the beginning of a text they are left out.
 */
export class UnicodeScriptsPreTokenizer implements PreTokenizer {
  readonly type = 'UnicodeScripts';

  split(text: NormalizedText, output: NormalizedText[]): void {
    const classes = scriptClasses();
    const { text: characters } = text;
    let start = 0;
    let last = 0;
    for (let index = 0; index < characters.length; ) {
      const codePoint = characters.codePointAt(index)!;
      const script = classes[codePoint]!;
      if (script !== 0 && script !== last) {
        if (last !== 0) output.push(text.slice(start, index));
        start = index;
        last = script;
      }
      index += codePoint > 0xffff ? 2 : 1;
    }
    if (last !== 0) output.push(text.slice(start, characters.length));
  }

  toJSON(): PreTokenizerJson {
    return { type: this.type };
  }
}

let classTable: Uint8Array | undefined;

/** The script of each code point, a number from 1 on; 0 for none. */
function scriptClasses(): Uint8Array {
  if (classTable) return classTable;
  const table = new Uint8Array(0x110000);
  for (const [index, runs] of scriptClassSets.entries()) {
    let start = 0;
    let isInside = false;
    for (const length of runLengths(runs)) {
      if (isInside) table.fill(index + 1, start, start + length);
      start += length;
      isInside = !isInside;
    }
  }
  classTable = table;
  return table;
}
