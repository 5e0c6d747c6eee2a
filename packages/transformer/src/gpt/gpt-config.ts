/** How the feed-forward layers bend: `gelu` is x Φ(x) exactly (nanoGPT), `gelu_new` GPT-2's tanh approximation. */
export type GptActivation = 'gelu' | 'gelu_new';

/** The shape of a GPT. */
export interface GptConfig {
  /** Number of token ids; ids run from 0 to vocabSize − 1. */
  readonly vocabSize: number;
  /** Most tokens the model sees at once. */
  readonly contextLength: number;
  /** Width of the residual stream; a multiple of `headCount`. */
  readonly embeddingSize: number;
  readonly headCount: number;
  readonly layerCount: number;
  /** Probability of zeroing an embedding, an attention weight or a branch's output in training; default 0. */
  readonly dropout?: number;
  /** Whether linear layers and layer norms have biases; default true, as GPT-2. */
  readonly bias?: boolean;
  /** Default `gelu`. */
  readonly activation?: GptActivation;
  /** Added to the variance in layer norms; default 1e-5. */
  readonly normEpsilon?: number;
}

/**
 * Checks a configuration and fills in its defaults.
 *
 * @param owner what error messages start with
 * @throws {RangeError} naming the field that does not fit
 */
export function resolveGptConfig(config: GptConfig, owner = 'Gpt'): Required<GptConfig> {
  const { vocabSize, contextLength, embeddingSize, headCount, layerCount } = config;
  const { dropout = 0, bias = true, activation = 'gelu', normEpsilon = 1e-5 } = config;
  const sizes = { vocabSize, contextLength, embeddingSize, headCount, layerCount };
  const require = (field: string, holds: boolean, expectation: string, value: unknown): void => {
    if (!holds) throw new RangeError(`${owner}: ${field} must be ${expectation}, got ${String(value)}.`);
  };
  for (const [field, size] of Object.entries(sizes)) {
    require(field, Number.isSafeInteger(size) && size > 0, 'a positive integer', size);
  }
  const divides = embeddingSize % headCount === 0;
  require('embeddingSize', divides, `a multiple of headCount (${headCount})`, embeddingSize);
  require('dropout', dropout >= 0 && dropout < 1, 'a number in [0, 1)', dropout);
  require('bias', typeof bias === 'boolean', 'true or false', bias);
  require('activation', activation === 'gelu' ||
    activation === 'gelu_new', "'gelu' or 'gelu_new'", activation);
  require('normEpsilon', normEpsilon > 0 && normEpsilon < 1, 'a number between 0 and 1', normEpsilon);
  return { ...sizes, dropout, bias, activation, normEpsilon };
}
