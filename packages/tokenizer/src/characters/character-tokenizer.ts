import { type AddedToken, AddedTokens } from '../added-tokens.ts';
import { checkText } from '../check-text.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { DecodeOptions, EncodeOptions, StreamingTextDecoder, Tokenizer } from '../tokenizer.ts';
import { type TokenizerJson, vocabJson } from '../tokenizer-json.ts';
import { unknownIdError } from '../unknown-id-error.ts';

/** All that makes a character tokenizer. */
export interface CharacterDefinition {
  /** Token text by id: single characters, added tokens and the unknown token; an id may be missing. */
  readonly tokens: readonly (string | undefined)[];
  readonly addedTokens: readonly AddedToken[];
  /** The text of the token for characters that have none; if it is not in `tokens`, such a character is an error. */
  readonly unknownToken: string;
}

/**
 * One token per character, that is, per Unicode code point.
 *
 * An emoji of several code points is several tokens; nothing is normalized, so decoding gives the text back exactly.
 */
export class CharacterTokenizer implements Tokenizer {
  readonly kind = 'characters';
  readonly vocabSize: number;
  readonly specialTokens: ReadonlyMap<string, number>;
  /** The id that characters without a token get; undefined when they are an error. */
  readonly unknownId: number | undefined;
  readonly #definition: CharacterDefinition;
  readonly #addedTokens: AddedTokens;
  readonly #idOfCodePoint = new Map<number, number>();

  constructor(definition: CharacterDefinition) {
    const { tokens, addedTokens, unknownToken } = definition;
    this.#definition = definition;
    this.vocabSize = tokens.length;
    this.#addedTokens = new AddedTokens(addedTokens);
    this.specialTokens = this.#addedTokens.special;
    const unknownId = tokens.indexOf(unknownToken);
    this.unknownId = unknownId < 0 ? undefined : unknownId;
    for (const [id, token] of tokens.entries()) {
      if (token !== undefined && isCharacter(token)) this.#idOfCodePoint.set(token.codePointAt(0)!, id);
    }
  }

  encode(text: string, { parseSpecialTokens = true }: EncodeOptions = {}): Int32Array {
    const wellFormed = checkText(text, 'encode', 'text');
    const output = new IdBuffer(wellFormed.length);
    let position = 0;
    for (const segment of this.#addedTokens.split(wellFormed, parseSpecialTokens)) {
      if (typeof segment === 'number') {
        output.push(segment);
        position += this.#definition.tokens[segment]!.length;
        continue;
      }
      for (const character of segment) {
        const id = this.#idOfCodePoint.get(character.codePointAt(0)!) ?? this.unknownId;
        if (id === undefined) throw this.#unknownCharacter(character, position);
        output.push(id);
        position += character.length;
      }
    }
    return output.toArray();
  }

  decode(ids: ArrayLike<number>, { skipSpecialTokens = false }: DecodeOptions = {}): string {
    const { tokens } = this.#definition;
    let text = '';
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      const token = tokens[id];
      if (token === undefined) throw unknownIdError(ids, index, tokens.length);
      if (!(skipSpecialTokens && this.#addedTokens.isSpecial(id))) text += token;
    }
    return text;
  }

  createTextDecoder(options?: DecodeOptions): StreamingTextDecoder {
    return {
      push: (ids) => this.decode(typeof ids === 'number' ? [ids] : ids, options),
      end: () => '',
    };
  }

  toJSON(): TokenizerJson {
    const { tokens, unknownToken } = this.#definition;
    return {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: this.#addedTokens.toJSON(),
      normalizer: null,
      pre_tokenizer: {
        type: 'Split',
        pattern: { Regex: '[\\s\\S]' },
        behavior: 'Isolated',
        invert: false,
      },
      post_processor: null,
      decoder: { type: 'Fuse' },
      model: { type: 'WordLevel', vocab: vocabJson(tokens), unk_token: unknownToken },
    };
  }

  #unknownCharacter(character: string, position: number): RangeError {
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return new RangeError(
      `encode: text must use only characters the tokenizer was trained on, got ${JSON.stringify(character)} (U+${code}) ` +
        `at index ${position}. Train with { unknown: true } to give such characters a token.`,
    );
  }
}

/** Whether a string is exactly one code point. */
export function isCharacter(text: string): boolean {
  return text.length > 0 && text.length === (text.codePointAt(0)! > 0xffff ? 2 : 1);
}
