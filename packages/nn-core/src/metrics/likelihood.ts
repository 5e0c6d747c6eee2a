/**
 * e to the mean negative log-likelihood: the number of equally likely tokens that would be as hard to guess.
 *
 * @param natsPerToken mean loss, as {@link evaluate} gives it
 */
export function perplexity(natsPerToken: number): number {
  return Math.exp(natsPerToken);
}

/** A scored piece of text. */
export interface LikelihoodSample {
  /** Tokens that were predicted. */
  readonly tokenCount: number;
  /** The text of those tokens, for bits per character and per byte. Give it always or never. */
  readonly text?: string;
}

/**
 * Adds up negative log-likelihoods of a text of any length, and compares models with different tokenizers: bits per
 * byte and per character do not depend on how the text was cut into tokens, perplexity does.
 *
 * @example
 * const meter = new LikelihoodMeter();
 * for (const { text, tokenCount } of pieces) meter.add(lossPerToken(text) * tokenCount, { tokenCount, text });
 * meter.bitsPerByte;
 */
export class LikelihoodMeter {
  #nats = 0;
  #tokens = 0;
  #characters = 0;
  #bytes = 0;
  #textless = false;

  /**
   * @param nats summed over the tokens, not their mean
   * @throws {RangeError} unless `nats` is a number and `tokenCount` a non-negative integer
   */
  add(nats: number, { tokenCount, text }: LikelihoodSample): this {
    if (Number.isNaN(nats)) throw new RangeError('LikelihoodMeter.add: nats must be a number, got NaN.');
    if (!Number.isSafeInteger(tokenCount) || tokenCount < 0) {
      throw new RangeError(
        `LikelihoodMeter.add: tokenCount must be a non-negative integer, got ${tokenCount}.`,
      );
    }
    this.#nats += nats;
    this.#tokens += tokenCount;
    if (text === undefined) this.#textless = true;
    else for (const character of text) this.#count(character.codePointAt(0)!);
    return this;
  }

  /** Tokens so far. */
  get tokenCount(): number {
    return this.#tokens;
  }

  /** Mean loss. @throws {RangeError} without a token */
  get natsPerToken(): number {
    return this.#nats / this.#positive(this.#tokens, 'token');
  }

  /** @throws {RangeError} without a token */
  get perplexity(): number {
    return perplexity(this.natsPerToken);
  }

  /** Bits per Unicode code point. @throws {RangeError} unless each piece came with its text */
  get bitsPerCharacter(): number {
    return this.#nats / Math.LN2 / this.#textual(this.#characters);
  }

  /** Bits per byte of UTF-8. @throws {RangeError} unless each piece came with its text */
  get bitsPerByte(): number {
    return this.#nats / Math.LN2 / this.#textual(this.#bytes);
  }

  #count(codePoint: number): void {
    this.#characters++;
    this.#bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
  }

  #textual(count: number): number {
    if (this.#textless) {
      throw new RangeError(
        'LikelihoodMeter: every piece must have been added with its text, got one without.',
      );
    }
    return this.#positive(count, 'character');
  }

  #positive(count: number, unit: string): number {
    if (count === 0) throw new RangeError(`LikelihoodMeter: there must be at least one ${unit}, got none.`);
    return count;
  }
}
