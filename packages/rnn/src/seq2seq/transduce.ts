import * as tf from '@tensorflow/tfjs-core';
import { type Runtime, ShapeError, tensorData } from '@wordloom/compile';
import { requireSize } from '../layers/require-options.ts';
import { modelProgram, type Values } from '../model-program.ts';
import { type BeamDecoder, beamSearch, type Hypothesis } from './beam-search.ts';
import type { Seq2Seq } from './seq2seq.ts';

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
  /** Where it runs, compiled for the batch's shape; default eagerly, on the active tfjs backend. */
  readonly runtime?: Runtime;
  readonly signal?: AbortSignal;
}

/**
 * What a model makes of some sequences: translations, for example.
 *
 * @param batch `inputs` int32 `[batch, source]`, and `mask` bool of its shape where rows are padded
 * @returns for each row at most `beamSize` hypotheses, the best first
 * @throws {RangeError} if an option is out of range
 * @example
 * const [[best]] = await transduce(model, batch, { startId: 1, endId: 2, maxLength: 40, beamSize: 5, lengthPenalty: 0.6, runtime });
 * tokenizer.decode(best.ids);
 */
export async function transduce(
  model: Seq2Seq,
  { inputs, mask }: Values,
  { startId, endId, maxLength, beamSize = 1, lengthPenalty = 0, runtime, signal }: TransduceOptions,
): Promise<Hypothesis[][]> {
  requireSize('transduce', { maxLength, beamSize });
  if (inputs?.shape.length !== 2) {
    throw new ShapeError(
      `transduce: inputs must be [batch, source], got ${inputs ? `[${inputs.shape}]` : 'none'}.`,
    );
  }
  const vocabSize = model.config.targetVocabSize;
  for (const [name, id] of Object.entries({ startId, endId })) {
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize)) {
      throw new RangeError(`transduce: ${name} must be an id below ${vocabSize}, got ${id}.`);
    }
  }
  const [sentences] = inputs.shape as [number, number];
  const rowCount = sentences * beamSize;
  const encode = modelProgram(model, runtime, ({ inputs, mask }) => {
    const { state, ...source } = model.encode(inputs!, mask);
    return { ...source, ...prefixed(state) };
  });
  const decode = modelProgram(model, runtime, ({ ids, ...given }) => {
    const { memory, keys, hidden } = given;
    const source = { memory: memory!, keys: keys!, hidden: hidden! };
    const { output, state } = model.stepper(rowCount)(ids!, unprefixed(given), source);
    return { logProbabilities: tf.logSoftmax(model.scoreWords(output)), ...prefixed(state) };
  });
  try {
    const encoded = await encode.run({ inputs, ...(mask && { mask }) });
    const spread = Int32Array.from({ length: rowCount }, (_, row) => Math.floor(row / beamSize));
    const all = selectRows(encoded, spread);
    const source = { memory: all.memory!, keys: all.keys!, hidden: all.hidden! };
    const decoder: BeamDecoder<Values> = {
      vocabSize,
      step: async (ids, state) => {
        const { logProbabilities, ...after } = await decode.run({
          ids: tensorData(ids, [rowCount]),
          ...source,
          ...state,
        });
        return { logProbabilities: logProbabilities!.data as Float32Array, state: after };
      },
      select: selectRows,
    };
    const states = Object.entries(all).filter(([name]) => name.startsWith(STATE));
    const options = { startId, endId, maxLength, beamSize, lengthPenalty, signal };
    return await beamSearch(decoder, Object.fromEntries(states), sentences, options);
  } finally {
    await Promise.all([encode.release(), decode.release()]);
  }
}

const STATE = 'state.';

function prefixed(state: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [`${STATE}${name}`, tensor]));
}

function unprefixed(tensors: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
  const states = Object.entries(tensors).filter(([name]) => name.startsWith(STATE));
  return Object.fromEntries(states.map(([name, tensor]) => [name.slice(STATE.length), tensor]));
}

/** The rows of every tensor that are asked for, in that order. */
function selectRows(tensors: Values, rows: Int32Array): Values {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => {
      const size = shape.slice(1).reduce((product, axis) => product * axis, 1);
      const selected = new Float32Array(rows.length * size);
      for (const [at, row] of rows.entries()) {
        selected.set((data as Float32Array).subarray(row * size, (row + 1) * size), at * size);
      }
      return [name, tensorData(selected, [rows.length, ...shape.slice(1)])];
    }),
  );
}
