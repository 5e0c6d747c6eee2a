import type { NormalizedText } from '../normalized-text.ts';
import { characterLength, Edits } from '../normalized-text.ts';
import { graphemeEnd, standsAlone } from '../unicode/grapheme.ts';
import { Charsmap } from './charsmap.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/**
 * The normalization rules that SentencePiece compiles into its models, applied as Hugging Face does: to graphemes of fewer than six
 * bytes as a whole where there is a rule for how they begin, to their characters otherwise.
 */
export class PrecompiledNormalizer implements Normalizer {
  readonly type = 'Precompiled';
  readonly #charsmap: Charsmap;
  readonly #base64: string;
  /** What becomes of each code unit among others that stand alone; 0: not asked yet. */
  readonly #fates = new Uint8Array(2 ** 16);
  /** By code unit: what those that a rule rewrites become. */
  readonly #rewritten = new Map<number, string>();

  private constructor(base64: string, charsmap: Charsmap) {
    this.#base64 = base64;
    this.#charsmap = charsmap;
  }

  /** @throws {RangeError} if the text is no charsmap in base 64 */
  static fromBase64(base64: string): PrecompiledNormalizer {
    return new PrecompiledNormalizer(base64, Charsmap.fromBase64(base64));
  }

  normalize(text: NormalizedText): NormalizedText {
    const { text: characters } = text;
    const edits = text.isTracked ? new Edits() : undefined;
    let normalized = '';
    let kept = 0;
    const replace = (start: number, end: number, replacement: string): void => {
      const before = characters.slice(kept, start);
      kept = end;
      if (edits) {
        edits.keep(before);
        pushReplacement(edits, characters.slice(start, end), replacement);
      } else {
        normalized += before;
        normalized += replacement;
      }
    };
    const replaceByRule = (start: number, end: number): boolean => {
      const replacement = this.#charsmap.replacementOf(characters.slice(start, end));
      if (replacement !== undefined) replace(start, end, replacement);
      return replacement !== undefined;
    };
    const fateAt = (index: number): number => {
      if (index >= characters.length) return KEPT;
      const unit = characters.charCodeAt(index);
      return this.#fates[unit]! || this.#findFate(unit);
    };
    for (let start = 0, fate = fateAt(0); start < characters.length; ) {
      const next = fateAt(start + 1);
      if (fate !== INVOLVED && next !== INVOLVED) {
        if (fate === REWRITTEN) replace(start, start + 1, this.#rewritten.get(characters.charCodeAt(start))!);
        start++;
        fate = next;
        continue;
      }
      const end = graphemeEnd(characters, start);
      if (!(byteLength(characters.slice(start, end)) < 6 && replaceByRule(start, end))) {
        for (let place = start; place < end; ) {
          const length = characterLength(characters, place);
          replaceByRule(place, place + length);
          place += length;
        }
      }
      start = end;
      fate = fateAt(start);
    }
    if (kept === 0) return text;
    const rest = characters.slice(kept);
    if (!edits) return text.withText(normalized + rest);
    edits.keep(rest);
    return text.transform(edits);
  }

  /** What becomes of a code unit where it is a grapheme of its own: almost all of a text is looked up only. */
  #findFate(unit: number): number {
    let fate = INVOLVED;
    if (standsAlone(unit)) {
      const character = String.fromCharCode(unit);
      const replacement = this.#charsmap.replacementOf(character);
      fate = replacement === undefined ? KEPT : REWRITTEN;
      if (replacement !== undefined) this.#rewritten.set(unit, replacement);
    }
    this.#fates[unit] = fate;
    return fate;
  }

  /** Whether there is a rule for a text that begins with a character. */
  hasRuleFrom(character: string): boolean {
    return this.#charsmap.hasRuleFrom(character);
  }

  /** Whether a character that begins a grapheme becomes the same, whatever its marks. */
  isSteady(character: string): boolean {
    return this.#charsmap.replacementOf(character) !== undefined || !this.hasRuleFrom(character);
  }

  toJSON(): NormalizerJson {
    return { type: this.type, precompiled_charsmap: this.#base64 };
  }
}

/** Fates of code units: no rule changes it, a rule does, or it may be part of a grapheme of several. */
const KEPT = 1;
const REWRITTEN = 2;
const INVOLVED = 3;

/** As the reference has it: additional characters are put in at the end, and what is left over goes with the last one. */
function pushReplacement(edits: Edits, part: string, replacement: string): void {
  const oldCount = [...part].length;
  const added = [...replacement];
  const difference = added.length - oldCount;
  for (const [index, character] of added.entries()) {
    edits.push(character, difference > 0 && index >= oldCount ? 1 : 0);
  }
  if (difference < 0) edits.removeWithLast(-difference);
}

function byteLength(text: string): number {
  let length = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0)!;
    length += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    if (length >= 6) break;
  }
  return length;
}
