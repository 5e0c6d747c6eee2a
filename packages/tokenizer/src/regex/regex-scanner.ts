/** Goes through the source of a regular expression, character by character. */
export class RegexScanner {
  readonly source: string;
  position = 0;

  constructor(source: string) {
    this.source = source;
  }

  get isAtEnd(): boolean {
    return this.position >= this.source.length;
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.isAtEnd ? '' : String.fromCodePoint(this.source.codePointAt(this.position)!);
  }

  take(): string {
    const character = this.peek();
    this.position += character.length;
    return character;
  }

  sees(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  /** Passes over a text, if it is next. */
  accept(text: string): boolean {
    if (!this.sees(text)) return false;
    this.position += text.length;
    return true;
  }

  /** What comes next, at most so many code units of it. */
  rest(length: number): string {
    return this.source.slice(this.position, this.position + length);
  }

  skip(length: number): void {
    this.position += length;
  }

  error(problem: string): SyntaxError {
    return new SyntaxError(`it ${problem}, at index ${this.position}`);
  }
}
