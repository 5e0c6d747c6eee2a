import { Encoding } from './encoding.ts';
import type { Model } from './models/model.ts';
import { TokenSpans } from './models/token-spans.ts';
import type { NormalizedText } from './normalized-text.ts';
import type { RandomSource } from './random-source.ts';

/** Collects the tokens of one text. */
export class EncodingBuilder {
  readonly #model: Model;
  readonly #sequence: number;
  readonly #ids: number[] = [];
  readonly #tokens: string[] = [];
  readonly #wordIds: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #spans = new TokenSpans();
  #word = 0;
  /** Whether words come from the caller, so that pieces do not count. */
  #isCut = false;

  /** @param sequence which text it is: 0, or 1 for the second of a pair */
  constructor(model: Model, sequence: number) {
    this.#model = model;
    this.#sequence = sequence;
  }

  /** What follows is of the word with this index, of a text that is cut into words already. */
  startWord(index: number): void {
    this.#isCut = true;
    this.#word = index;
  }

  /** An added token, found in the text. */
  addToken(id: number, text: NormalizedText): void {
    const [start, end] = text.placeOf(0, text.length);
    this.#push(id, text.text, start, end);
    this.#endPiece();
  }

  /** A piece of text for the model to cut. */
  addPiece(piece: NormalizedText, random: RandomSource): void {
    const spans = this.#spans;
    spans.clear();
    this.#model.encodeSpans(piece.text, spans, random);
    for (let index = 0; index < spans.length; index++) {
      const id = spans.ids[index]!;
      const [start, end] = piece.placeOf(spans.starts[index]!, spans.ends[index]!);
      this.#push(id, spans.texts.get(index) ?? this.#model.tokenOf(id)!, start, end);
    }
    this.#endPiece();
  }

  build(): Encoding {
    const { length } = this.#ids;
    return new Encoding({
      ids: Int32Array.from(this.#ids),
      typeIds: new Int32Array(length).fill(this.#sequence),
      tokens: this.#tokens,
      wordIds: Int32Array.from(this.#wordIds),
      starts: Int32Array.from(this.#starts),
      ends: Int32Array.from(this.#ends),
      specialTokensMask: new Uint8Array(length),
      attentionMask: new Uint8Array(length).fill(1),
      sequenceIds: new Int32Array(length).fill(this.#sequence),
      sequenceCount: this.#sequence + 1,
      overflowing: [],
    });
  }

  #push(id: number, token: string, start: number, end: number): void {
    this.#ids.push(id);
    this.#tokens.push(token);
    this.#wordIds.push(this.#word);
    this.#starts.push(start);
    this.#ends.push(end);
  }

  #endPiece(): void {
    if (!this.#isCut) this.#word++;
  }
}
