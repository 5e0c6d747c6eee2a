import type { SamplingOptions } from './sample-token.ts';

/** Options of {@link TokenGenerator.generate}. */
export interface GenerateOptions extends SamplingOptions {
  /** Most tokens to generate. */
  readonly maxTokens: number;
  /** Which random numbers are drawn; the same seed gives the same tokens. Default 0. */
  readonly seed?: number;
  /** Tokens that end the text; they are not part of it. */
  readonly stopTokens?: Iterable<number>;
  /** Stops before the next token: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Continues prompts with one language model. */
export interface TokenGenerator {
  /**
   * Generates token by token, with the weights the model has at that time. Any number of texts may be generated at once.
   *
   * @param prompt at least one token id
   * @returns the ids after the prompt
   * @throws {RangeError} if the prompt is empty or has an id the model does not know, or an option is out of range
   */
  generate(prompt: ArrayLike<number>, options: GenerateOptions): AsyncGenerator<number, void, void>;
  /** Frees what was compiled. */
  release(): Promise<void>;
}

/**
 * Refuses what no model can continue.
 *
 * @throws {RangeError} naming what is out of range
 */
export function requireGeneration(prompt: ArrayLike<number>, maxTokens: number, vocabSize: number): void {
  if (!(Number.isSafeInteger(maxTokens) && maxTokens >= 0)) {
    throw new RangeError(`generate: maxTokens must be a non-negative integer, got ${maxTokens}.`);
  }
  if (prompt.length === 0) {
    throw new RangeError(
      'generate: prompt must have at least one token, got none. Start with the end of a line, or with the token that begins a text.',
    );
  }
  for (let index = 0; index < prompt.length; index++) {
    const id = prompt[index]!;
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize)) {
      throw new RangeError(
        `generate: prompt must have ids from 0 to ${vocabSize - 1}, got ${id} at index ${index}.`,
      );
    }
  }
}
