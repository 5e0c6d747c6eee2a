/** A pattern as tokenizer.json has it: a text to be found as it is, or a regular expression in Oniguruma's syntax. */
export type TextPatternJson = { readonly String: string } | { readonly Regex: string };

/** What to look for in a text. */
export interface TextPattern {
  /** Starts and ends of all matches, alternating, in order and without overlap. */
  matches(text: string): number[];
  toJSON(): TextPatternJson;
}

/** A text to be found as it is. */
export class LiteralPattern implements TextPattern {
  readonly literal: string;
  readonly #everywhere: RegExp;

  constructor(literal: string) {
    this.literal = literal;
    const escapes = Array.from(
      { length: literal.length },
      (_, index) => `\\u${literal.charCodeAt(index).toString(16).padStart(4, '0')}`,
    );
    this.#everywhere = new RegExp(escapes.join(''), 'g');
  }

  /** The text with another one for each match. */
  replaceIn(text: string, content: string): string {
    // Engines are fastest at a constant text for an expression without alternatives.
    if (this.literal !== '') return text.replace(this.#everywhere, content.replaceAll('$', '$$$$'));
    return Array.from(['', ...text, '']).join(content);
  }

  matches(text: string): number[] {
    const { literal } = this;
    const ranges: number[] = [];
    if (literal === '') {
      for (let index = 0; index <= text.length; index++) {
        if (index === text.length || !isTrailing(text, index)) ranges.push(index, index);
      }
      return ranges;
    }
    for (let start = text.indexOf(literal); start >= 0; ) {
      const end = start + literal.length;
      ranges.push(start, end);
      start = text.indexOf(literal, end);
    }
    return ranges;
  }

  toJSON(): TextPatternJson {
    return { String: this.literal };
  }
}

function isTrailing(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
