import { type Runtime, tensorData } from '@wordloom/compile';
import { IGNORED_TARGET, lossAlone } from '@wordloom/nn-core';
import { requireSize } from '../layers/require-options.ts';
import { modelProgram, type Values } from '../model-program.ts';
import { stateByName, stateFromNames, zeroState } from './model-state.ts';
import type { RecurrentLanguageModel } from './recurrent-language-model.ts';

/** Options of {@link languageModelEvaluator}. */
export interface LanguageModelEvaluatorOptions {
  /** Where it runs; default eagerly on the active tfjs backend. */
  readonly runtime?: Runtime;
  /**
   * Parts of the text that are read side by side. Each but the first starts without memory of what stands before it, so the loss is a little too high;
   * 1, the default, is exact and slow.
   */
  readonly batchSize?: number;
  /** Tokens read in one pass; has no effect on the result. Default 64. */
  readonly contextLength?: number;
}

/** Evaluates a language model again and again, compiled once. */
export interface LanguageModelEvaluator {
  /**
   * The mean negative log-likelihood of every token but the first, each given all tokens before it.
   *
   * @returns nats per token; its exponential is the perplexity
   * @throws {RangeError} if there are fewer tokens than one for each part, and one more
   */
  evaluate(tokens: Int32Array, options?: { readonly signal?: AbortSignal }): Promise<number>;
  /** Frees what was compiled. */
  release(): Promise<void>;
}

/**
 * Prepares the evaluation of a language model over long texts: its state goes from the first token to the last, and every token counts.
 *
 * @example
 * const evaluator = languageModelEvaluator(model, { runtime });
 * Math.exp(await evaluator.evaluate(tokens)); // perplexity
 */
export function languageModelEvaluator(
  model: RecurrentLanguageModel,
  { runtime, batchSize = 1, contextLength = 64 }: LanguageModelEvaluatorOptions = {},
): LanguageModelEvaluator {
  requireSize('languageModelEvaluator', { batchSize, contextLength });
  const { run, release } = modelProgram(model, runtime, ({ inputs, targets, ...given }) => {
    const batch = { inputs: inputs!, targets: targets! };
    const { loss, state } = model.lossFrom(batch, stateFromNames(given, model.layers.length));
    return { loss: lossAlone(loss), ...stateByName(state) };
  });
  return {
    async evaluate(tokens, { signal } = {}) {
      if (tokens.length <= batchSize) {
        throw new RangeError(
          `languageModelEvaluator: tokens must be more than batchSize = ${batchSize}, got ${tokens.length}.`,
        );
      }
      let state = zeroState(model, batchSize);
      let sum = 0;
      for (const { count, batch } of evaluationWindows(tokens, { batchSize, contextLength })) {
        signal?.throwIfAborted();
        const { loss, ...after } = await run({ ...batch, ...state });
        sum += count * loss!.data[0]!;
        state = after;
      }
      return sum / (tokens.length - 1);
    },
    release,
  };
}

/** Windows of equal shape over all parts of the text; what is left over at the end is filled with targets that do not count. */
function* evaluationWindows(
  tokens: Int32Array,
  { batchSize, contextLength }: { readonly batchSize: number; readonly contextLength: number },
): Generator<{ readonly count: number; readonly batch: Values }> {
  const total = tokens.length - 1;
  const length = Math.ceil(total / batchSize);
  for (let start = 0; start < length; start += contextLength) {
    const inputs = new Int32Array(batchSize * contextLength);
    const targets = new Int32Array(batchSize * contextLength).fill(IGNORED_TARGET);
    let count = 0;
    for (let row = 0; row < batchSize; row++) {
      const from = row * length + start;
      const to = Math.min(from + contextLength, (row + 1) * length, total);
      if (from >= to) continue;
      inputs.set(tokens.subarray(from, to), row * contextLength);
      targets.set(tokens.subarray(from + 1, to + 1), row * contextLength);
      count += to - from;
    }
    const shape = [batchSize, contextLength];
    yield { count, batch: { inputs: tensorData(inputs, shape), targets: tensorData(targets, shape) } };
  }
}
