import { RandomStream } from '@wordloom/compile';
import { constantInitializer, type Initializer, normalInitializer } from '@wordloom/nn-core';

/** How the layers of a GPT get their first weights. */
export interface GptInitialization {
  /** The draws all layers share, so that each starts with its own numbers. */
  readonly random: RandomStream;
  /** Embeddings and most linear layers. */
  readonly weight: Initializer;
  /** Projections that add to the residual stream. */
  readonly residualWeight: Initializer;
}

const DEVIATION = 0.02;

/**
 * GPT-2's first weights: normal with deviation 0.02. Projections into the residual stream are narrower with depth,
 * so that the sum over the 2 · layerCount branches starts as wide as one of them.
 *
 * @see Radford et al. 2019, §2.3
 */
export function gpt2Initialization(seed: number, layerCount: number): GptInitialization {
  return {
    random: new RandomStream(seed),
    weight: normalInitializer(DEVIATION),
    residualWeight: normalInitializer(DEVIATION / Math.sqrt(2 * layerCount)),
  };
}

/** All zero, for weights that are about to be loaded: drawing the numbers of a large model takes seconds. */
export function zeroInitialization(): GptInitialization {
  const zero = constantInitializer(0);
  return { random: new RandomStream(0), weight: zero, residualWeight: zero };
}
