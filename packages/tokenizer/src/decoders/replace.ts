import type { TextPattern } from '../text-pattern.ts';
import type { Decoder, DecoderJson } from './decoder.ts';

/** Replaces what a pattern matches within each token. */
export class ReplaceDecoder implements Decoder {
  readonly type = 'Replace';
  readonly pattern: TextPattern;
  readonly content: string;

  constructor(pattern: TextPattern, content: string) {
    this.pattern = pattern;
    this.content = content;
  }

  decodeChain(tokens: readonly string[]): readonly string[] {
    return tokens.map((token) => {
      if (token === '') return '';
      const ranges = this.pattern.matches(token);
      let replaced = '';
      let kept = 0;
      for (let index = 0; index < ranges.length; index += 2) {
        replaced += token.slice(kept, ranges[index]!) + this.content;
        kept = ranges[index + 1]!;
      }
      return replaced + token.slice(kept);
    });
  }

  toJSON(): DecoderJson {
    return { type: this.type, pattern: this.pattern.toJSON(), content: this.content };
  }
}
