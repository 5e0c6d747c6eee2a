import { characterLength } from '../segmentation/character-class.ts';

/** Stands before the first and after the last character of a sequence. */
export const EDGE = 0;

/** What a character is, for features that are to hold for characters never seen. */
export const OTHER_KIND = 0;
export const DIGIT = 1;
export const LETTER = 2;
export const NUMERAL = 3;
export const CALENDAR = 4;
export const PUNCTUATION = 5;
export const EDGE_KIND = 6;

/** A text without white space, character by character, as features see it. Its arrays are used again by the next text. */
export class CharacterSequence {
  length = 0;
  /** Where each character begins in the text; after the last one, where the text ends. */
  starts: Int32Array = new Int32Array(128);
  /** A number for each character below 65 536: full-width letters and digits have those of their narrow forms. */
  codes: Uint16Array = new Uint16Array(128);
  kinds: Uint8Array = new Uint8Array(128);

  read(text: string, start: number, end: number): void {
    if (end - start + 1 > this.starts.length) {
      this.starts = new Int32Array(2 * (end - start + 1));
      this.codes = new Uint16Array(this.starts.length);
      this.kinds = new Uint8Array(this.starts.length);
    }
    let length = 0;
    for (let place = start; place < end; ) {
      const code = codeAt(text, place);
      this.starts[length] = place;
      this.codes[length] = code;
      this.kinds[length] = kindOf(code);
      length++;
      place += characterLength(text, place);
    }
    this.starts[length] = end;
    this.length = length;
  }
}

function codeAt(text: string, place: number): number {
  const unit = text.charCodeAt(place);
  if (unit >= 0xff01 && unit <= 0xff5e) return unit - 0xfee0;
  // Characters beyond the basic plane share the numbers that surrogates leave free: they are too rare to be told apart.
  if (unit >= 0xd800 && unit <= 0xdbff) return 0xd800 + (text.codePointAt(place)! & 0x7ff);
  return unit === EDGE ? 0xffff : unit;
}

function kindOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return DIGIT;
  if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)) return LETTER;
  if (code < 0x4e00)
    return code < 0x80 || (code >= 0x2000 && code <= 0x303f && code !== 0x3007) ? PUNCTUATION : numeral(code);
  if (CALENDAR_UNITS.has(code)) return CALENDAR;
  return numeral(code);
}

function numeral(code: number): number {
  return NUMERALS.has(code) ? NUMERAL : OTHER_KIND;
}

const NUMERALS = /* @__PURE__ */ codesOf('〇○零一二三四五六七八九十百千万亿两廿卅壹贰叁肆伍陆柒捌玖拾佰仟');
const CALENDAR_UNITS = /* @__PURE__ */ codesOf('年月日时分秒');

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}
