import type { NormalizedText } from '../normalized-text.ts';
import { Edits } from '../normalized-text.ts';
import { graphemeEnd } from '../unicode/grapheme.ts';
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
    let isChanged = false;
    const replace = (part: string): boolean => {
      const replacement = this.#charsmap.replacementOf(part);
      if (replacement === undefined) return false;
      isChanged = true;
      normalized += replacement;
      if (edits) pushReplacement(edits, part, replacement);
      return true;
    };
    for (let start = 0; start < characters.length; ) {
      const end = graphemeEnd(characters, start);
      const grapheme = characters.slice(start, end);
      if (!(byteLength(grapheme) < 6 && replace(grapheme))) {
        for (const character of grapheme) {
          if (replace(character)) continue;
          normalized += character;
          edits?.push(character, 0);
        }
      }
      start = end;
    }
    if (!isChanged) return text;
    return edits ? text.transform(edits) : text.withText(normalized);
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

/** As the reference has it: additional characters are put in at the end, and what is left over goes with the last one. */
function pushReplacement(edits: Edits, part: string, replacement: string): void {
  const oldCount = [...part].length;
  const added = [...replacement];
  const difference = added.length - oldCount;
  for (const [index, character] of added.entries()) {
    edits.push(character, difference > 0 && index >= oldCount ? 1 : 0);
  }
  const last = edits.changes.length - 1;
  if (difference < 0 && last >= 0) edits.changes[last]! += difference;
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
