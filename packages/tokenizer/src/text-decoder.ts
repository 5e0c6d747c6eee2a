import { newUtf8Decoder, type Skips, type TokenTexts } from './token-texts.ts';

/** Decodes ids as they arrive; holds back the bytes of a character until all of them are there. */
export interface StreamingTextDecoder {
  /** The text that these ids complete; often less, sometimes more, than their own. */
  push(ids: number | ArrayLike<number>): string;
  /** What was held back, as U+FFFD; afterwards the decoder is as new. */
  end(): string;
}

/** A decoder for ids that arrive one after the other. */
export function createTextDecoder(texts: TokenTexts, skips: Skips): StreamingTextDecoder {
  return texts.isByteLevel ? new ByteStreamDecoder(texts, skips) : new WindowDecoder(texts, skips);
}

/** For decoders whose text is the tokens' bytes. */
class ByteStreamDecoder implements StreamingTextDecoder {
  readonly #texts: TokenTexts;
  readonly #skips: Skips;
  readonly #decoder = newUtf8Decoder();

  constructor(texts: TokenTexts, skips: Skips) {
    this.#texts = texts;
    this.#skips = skips;
  }

  push(ids: number | ArrayLike<number>): string {
    const bytes = this.#texts.bytesOf(typeof ids === 'number' ? [ids] : ids, this.#skips);
    return this.#decoder.decode(bytes, { stream: true });
  }

  end(): string {
    return this.#decoder.decode();
  }
}

/**
 * For all other decoders: a token's text is what it adds to the text of the tokens shown last, so that decoders which treat the
 * first token otherwise, or join neighbors, do so as they should.
 *
 * What has been shown is never taken back, where decoding all at once would do so: bytes that turn out to be no UTF-8 after
 * characters in the same run of `<0x..>` tokens.
 */
class WindowDecoder implements StreamingTextDecoder {
  readonly #texts: TokenTexts;
  readonly #skips: Skips;
  /** The ids shown last, and their text. */
  #shown: number[] = [];
  #shownText = '';
  #pending: number[] = [];

  constructor(texts: TokenTexts, skips: Skips) {
    this.#texts = texts;
    this.#skips = skips;
  }

  push(ids: number | ArrayLike<number>): string {
    let text = '';
    for (const id of typeof ids === 'number' ? [ids] : Array.from(ids)) {
      this.#texts.decode([id], undefined); // an unknown id must not be kept
      if (this.#skips?.(id)) continue;
      this.#pending.push(id);
      text += this.#advance(false);
    }
    return text;
  }

  end(): string {
    const text = this.#pending.length > 0 ? this.#advance(true) : '';
    this.#shown = [];
    this.#shownText = '';
    this.#pending = [];
    return text;
  }

  #advance(isLast: boolean): string {
    const whole = this.#texts.decode([...this.#shown, ...this.#pending], undefined);
    const mayWait = !isLast && this.#pending.length < MOST_HELD;
    if (whole.endsWith('\ufffd') && mayWait) return '';
    const added = whole.startsWith(this.#shownText)
      ? whole.slice(this.#shownText.length)
      : this.#texts.decode(this.#pending, undefined);
    if (added === '' && mayWait) return '';
    this.#shown = this.#pending;
    this.#pending = [];
    this.#shownText = this.#texts.decode(this.#shown, undefined);
    return added;
  }
}

/** Tokens held back, at most: each new one has all of them decoded again. A character has four bytes. */
const MOST_HELD = 64;
