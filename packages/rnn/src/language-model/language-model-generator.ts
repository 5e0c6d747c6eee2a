import { RandomStream, type Runtime, tensorData } from '@wordloom/compile';
import {
  type GenerateOptions,
  requireGeneration,
  requireSamplingOptions,
  sampleToken,
  type TokenGenerator,
  yieldToEventLoop,
} from '@wordloom/nn-core';
import { modelProgram, type Values } from '../model-program.ts';
import { stateByName, stateFromNames, zeroState } from './model-state.ts';
import type { RecurrentLanguageModel } from './recurrent-language-model.ts';

/** Tokens of a prompt that are read in one pass. */
const PROMPT_PASS = 32;

/**
 * Prepares generation with a carried state: each token costs one step, however long the text is.
 *
 * @param runtime where it runs; default eagerly, on the active tfjs backend
 * @example
 * const generator = languageModelGenerator(model, { runtime });
 * for await (const id of generator.generate(tokenizer.encode('ROMEO:'), { maxTokens: 100, temperature: 0.8 })) show(id);
 */
export function languageModelGenerator(
  model: RecurrentLanguageModel,
  { runtime }: { readonly runtime?: Runtime } = {},
): TokenGenerator {
  const { vocabSize } = model.config;
  // Passes of one token and of many: two graphs.
  const { run, release } = modelProgram(model, runtime, ({ ids, ...given }) => {
    const { logits, state } = model.forward(ids!, stateFromNames(given, model.layers.length));
    return { logits, ...stateByName(state) };
  });
  const read = async (
    ids: readonly number[],
    state: Values,
  ): Promise<{ logits: Float32Array; state: Values }> => {
    const { logits, ...after } = await run({
      ids: tensorData(Int32Array.from(ids), [1, ids.length]),
      ...state,
    });
    return { logits: (logits!.data as Float32Array).slice(-vocabSize), state: after };
  };

  async function* generate(
    prompt: ArrayLike<number>,
    options: GenerateOptions,
  ): AsyncGenerator<number, void, void> {
    const { maxTokens, seed = 0, stopTokens = [], signal } = options;
    requireSamplingOptions('generate', options);
    requireGeneration(prompt, maxTokens, vocabSize);
    const random = new RandomStream(seed);
    const stops = new Set(stopTokens);
    let state = zeroState(model, 1);
    let waiting = Array.from(prompt);
    for (let count = 0; count < maxTokens; count++) {
      let logits: Float32Array | undefined;
      while (waiting.length > 0) {
        signal?.throwIfAborted();
        const size = waiting.length < PROMPT_PASS ? 1 : PROMPT_PASS;
        ({ logits, state } = await read(waiting.slice(0, size), state));
        waiting = waiting.slice(size);
      }
      const token = sampleToken(logits!, options, random);
      if (stops.has(token)) return;
      yield token;
      await yieldToEventLoop();
      waiting.push(token);
    }
  }
  return { generate, release };
}
