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

  constructor(literal: string) {
    this.literal = literal;
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
