import * as tf from '@tensorflow/tfjs-core';
import { type Runtime, ShapeError, tensorData } from '@wordloom/compile';
import { requireSize } from '../layers/require-options.ts';
import { modelProgram, type Values } from '../model-program.ts';
import { type BeamDecoder, beamSearch, type Hypothesis } from './beam-search.ts';
import type { DecoderSource } from './decoder-step.ts';
import { sampleSequences } from './sample-sequences.ts';
import { requireWordSampling, type WordSamplingOptions } from './sample-word.ts';
import type { Seq2Seq } from './seq2seq.ts';

/** How {@link transduce} draws sequences in place of searching. */
export interface TransduceSampling extends WordSamplingOptions {
  /** Of all draws. */
  readonly seed: number;
  /** Sequences for each row. Default 1. */
  readonly count?: number;
}

/** Options of {@link transduce}. */
export interface TransduceOptions {
  /** What the decoder reads first. */
  readonly startId: number;
  /** What ends a sequence. */
  readonly endId: number;
  /** Words of a result at most. */
  readonly maxLength: number;
  /** Default 1: the likeliest word at each step. */
  readonly beamSize?: number;
  /** α of the length penalty ((5 + length) / 6)^α. Default 0, none. */
  readonly lengthPenalty?: number;
  /** Draws sequences in place of searching the likeliest; beamSize and lengthPenalty must then be left out. */
  readonly sampling?: TransduceSampling;
  /** Whether hypotheses tell how much each word of the source counted. Default false. */
  readonly attention?: boolean;
  /** Where it runs, compiled for the batch's shape; default eagerly, on the active tfjs backend. */
  readonly runtime?: Runtime;
  readonly signal?: AbortSignal;
}

/**
 * What a model makes of some sequences: translations, for example.
 *
 * @param batch `inputs` int32 `[batch, source]`, `mask` bool of its shape where rows are padded, and `copyIds` as {@link Seq2Seq.forward} has them
 * @returns for each row at most `beamSize` hypotheses, the best first; where they are drawn, as many as asked for in the order of drawing
 * @throws {RangeError} if an option is out of range
 * @example
 * const [[best]] = await transduce(model, batch, { startId: 1, endId: 2, maxLength: 40, beamSize: 5, lengthPenalty: 0.6, runtime });
 * tokenizer.decode(best.ids);
 */
export async function transduce(
  model: Seq2Seq,
  { inputs, mask, copyIds }: Values,
  options: TransduceOptions,
): Promise<Hypothesis[][]> {
  requireTransduceOptions(model, options);
  if (inputs?.shape.length !== 2) {
    throw new ShapeError(
      `transduce: inputs must be [batch, source], got ${inputs ? `[${inputs.shape}]` : 'none'}.`,
    );
  }
  const { startId, endId, maxLength, beamSize = 1, lengthPenalty = 0 } = options;
  const { sampling, attention = false, runtime, signal } = options;
  const [sentences] = inputs.shape as [number, number];
  const perSentence = sampling ? (sampling.count ?? 1) : beamSize;
  const rowCount = sentences * perSentence;
  const encode = modelProgram(model, runtime, ({ inputs, mask, copyIds }) => {
    const { state, ...source } = model.encode(inputs!, mask, copyIds);
    return { ...prefixed(SOURCE, source as Record<string, tf.Tensor>), ...prefixed(STATE, state) };
  });
  const decode = modelProgram(model, runtime, ({ ids, ...given }) => {
    const source = unprefixed(SOURCE, given) as unknown as DecoderSource;
    const { state, ...step } = model.stepper(rowCount)(ids!, unprefixed(STATE, given), source);
    const logProbabilities = tf.logSoftmax(model.scoreWords(step, source));
    return { logProbabilities, ...(attention && { attention: step.weights }), ...prefixed(STATE, state) };
  });
  try {
    const encoded = await encode.run({ inputs, ...(mask && { mask }), ...(copyIds && { copyIds }) });
    const spread = Int32Array.from({ length: rowCount }, (_, row) => Math.floor(row / perSentence));
    const all = selectRows(encoded, spread);
    const source = only(SOURCE, all);
    const decoder: BeamDecoder<Values> = {
      vocabSize: model.wordCount,
      step: async (ids, state) => {
        const { logProbabilities, attention, ...after } = await decode.run({
          ids: tensorData(ids, [rowCount]),
          ...source,
          ...state,
        });
        return {
          logProbabilities: logProbabilities!.data as Float32Array,
          attention: attention?.data as Float32Array | undefined,
          state: after,
        };
      },
      select: selectRows,
    };
    const common = { startId, endId, maxLength, signal };
    const first = only(STATE, all);
    if (!sampling) {
      return await beamSearch(decoder, first, sentences, { ...common, beamSize, lengthPenalty });
    }
    const { count: _, ...drawing } = sampling;
    const drawn = await sampleSequences(decoder, first, rowCount, { ...common, ...drawing });
    return Array.from({ length: sentences }, (_, sentence) =>
      drawn.slice(sentence * perSentence, (sentence + 1) * perSentence),
    );
  } finally {
    await Promise.all([encode.release(), decode.release()]);
  }
}

function requireTransduceOptions(model: Seq2Seq, options: TransduceOptions): void {
  const { startId, endId, maxLength, beamSize = 1, lengthPenalty = 0, sampling } = options;
  requireSize('transduce', { maxLength, beamSize });
  const vocabSize = model.config.targetVocabSize;
  for (const [name, id] of Object.entries({ startId, endId })) {
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize)) {
      throw new RangeError(`transduce: ${name} must be an id below ${vocabSize}, got ${id}.`);
    }
  }
  if (!sampling) return;
  requireSize('transduce', { 'sampling.count': sampling.count ?? 1 });
  requireWordSampling('transduce', sampling);
  if (!(Number.isSafeInteger(sampling.seed) && sampling.seed >= 0)) {
    throw new RangeError(`transduce: sampling.seed must be a non-negative integer, got ${sampling.seed}.`);
  }
  if (beamSize !== 1 || lengthPenalty !== 0) {
    throw new RangeError(
      `transduce: beamSize and lengthPenalty must be left out where sequences are drawn, got ${beamSize} and ${lengthPenalty}.`,
    );
  }
}

const STATE = 'state.';
const SOURCE = 'source.';

function prefixed(prefix: string, tensors: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

function only<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name.startsWith(prefix)));
}

function unprefixed(prefix: string, tensors: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
  const found = Object.entries(only(prefix, tensors));
  return Object.fromEntries(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** The rows of every tensor that are asked for, in that order. */
function selectRows(tensors: Values, rows: Int32Array): Values {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => {
      const size = shape.slice(1).reduce((product, axis) => product * axis, 1);
      const selected = new (data.constructor as typeof Float32Array)(rows.length * size);
      for (const [at, row] of rows.entries()) {
        selected.set((data as Float32Array).subarray(row * size, (row + 1) * size), at * size);
      }
      return [name, tensorData(selected, [rows.length, ...shape.slice(1)])];
    }),
  );
}
