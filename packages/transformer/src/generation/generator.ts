import { RandomStream, type Runtime, tensorData } from '@wordloom/compile';
import {
  compileModel,
  type GenerateOptions,
  requireGeneration,
  requireSamplingOptions,
  sampleToken,
  type TokenGenerator,
  yieldToEventLoop,
} from '@wordloom/nn-core';
import type { Gpt } from '../gpt/gpt.ts';
import { promptPass, tokenPass } from './cached-passes.ts';
import { KeyValueCache } from './key-value-cache.ts';

/**
 * Prepares generation with a cache of keys and values: each token costs one pass over itself, whatever came before.
 *
 * A prompt longer than the model's context counts only with its end. When the context is full, its recent half is kept and read anew: texts may be of any
 * length, at a constant time per token on average.
 *
 * @example
 * const generator = createGenerator(model, { runtime: await nodeRuntime() });
 * for await (const id of generator.generate(tokenizer.encode('ROMEO:'), { maxTokens: 100, temperature: 0.8 })) show(id);
 */
export function createGenerator(model: Gpt, { runtime }: { readonly runtime: Runtime }): TokenGenerator {
  const readPrompt = compileModel(model, (inputs) => promptPass(model, inputs), { runtime });
  const readToken = compileModel(model, (inputs) => tokenPass(model, inputs), { runtime });
  const { contextLength } = model.config;

  /** Fills the cache with a window of tokens and returns the logits of the next one. */
  const start = async (cache: KeyValueCache, window: readonly number[]): Promise<Float32Array> => {
    const ids = new Int32Array(paddedLength(window.length, contextLength));
    ids.set(window);
    const { logits, ...computed } = await readPrompt({
      ids: tensorData(ids, [1, ids.length]),
      last: tensorData(Int32Array.of(window.length - 1), [1]),
    });
    cache.fill(computed, window.length);
    return logits!.data as Float32Array;
  };

  /** Adds one token to the cache and returns the logits of the next one. */
  const proceed = async (cache: KeyValueCache, token: number): Promise<Float32Array> => {
    cache.reserve(cache.length + 1);
    const { logits, rows } = await readToken({
      id: tensorData(Int32Array.of(token), [1, 1]),
      position: tensorData(Int32Array.of(cache.length), [1, 1]),
      ...cache.tensors,
    });
    cache.append(rows!);
    return logits!.data as Float32Array;
  };

  async function* generate(
    prompt: ArrayLike<number>,
    options: GenerateOptions,
  ): AsyncGenerator<number, void, void> {
    const { maxTokens, seed = 0, stopTokens = [], signal } = options;
    requireSamplingOptions('generate', options);
    requireGeneration(prompt, maxTokens, model.config.vocabSize);
    const random = new RandomStream(seed);
    const stops = new Set(stopTokens);
    const cache = new KeyValueCache(model.config);
    let window = Array.from(prompt).slice(-contextLength);
    let logits: Float32Array | undefined;
    for (let count = 0; count < maxTokens; count++) {
      signal?.throwIfAborted();
      logits ??= await start(cache, window);
      const token = sampleToken(logits, options, random);
      if (stops.has(token)) return;
      yield token;
      if (count + 1 === maxTokens) return;
      await yieldToEventLoop();
      window.push(token);
      if (window.length > contextLength) {
        window = window.slice(-Math.max(1, contextLength >> 1));
        logits = undefined;
      } else {
        signal?.throwIfAborted();
        logits = await proceed(cache, token);
      }
    }
  }

  const release = async (): Promise<void> => {
    await Promise.all([readPrompt.release(), readToken.release()]);
  };
  return { generate, release };
}

/** Prompts are padded to a power of two, so that few lengths are compiled. */
function paddedLength(length: number, contextLength: number): number {
  return Math.min(contextLength, 2 ** Math.ceil(Math.log2(Math.max(16, length))));
}
