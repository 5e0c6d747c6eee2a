/**
 * Tokens of a word with their places in it.
 *
 * A place is `[start, end)` in code units of the word, and covers whole characters: the tokens of single bytes of a character
 * all have the place of that character. Places are in order, and overlap only so.
 */
export class TokenSpans {
  readonly ids: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** The texts of tokens that show another text than the vocabulary's, such as unknown pieces of Unigram; by index. */
  readonly texts: Map<number, string> = new Map();

  get length(): number {
    return this.ids.length;
  }

  push(id: number, start: number, end: number, text?: string): void {
    if (text !== undefined) this.texts.set(this.ids.length, text);
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
  }

  clear(): void {
    this.ids.length = 0;
    this.starts.length = 0;
    this.ends.length = 0;
    this.texts.clear();
  }
}
