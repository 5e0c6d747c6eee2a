import * as tf from '@tensorflow/tfjs-core';
import { type Runtime, tensorData } from '@wordloom/compile';
import { requireSize } from '../layers/require-options.ts';
import { modelProgram } from '../model-program.ts';
import type { SequenceClassifier } from './sequence-classifier.ts';

/** Options of {@link classifySequences}. */
export interface ClassifyOptions {
  /** Where it runs, compiled once for each of a few lengths; default eagerly, on the active tfjs backend. */
  readonly runtime?: Runtime;
  /** Sequences in a pass. Default 32. */
  readonly batchSize?: number;
  /** Tokens of a sequence that are read. Default 256. */
  readonly maxLength?: number;
  readonly signal?: AbortSignal;
}

/**
 * The probabilities of all classes for some sequences.
 *
 * @param sequences token ids, at least one each
 * @returns `[classCount]` for each sequence, in their order
 * @throws {RangeError} naming the sequence that has no tokens
 * @example
 * const [probabilities] = await classifySequences(model, [tokenizer.encode('what a film')], { runtime });
 */
export async function classifySequences(
  model: SequenceClassifier,
  sequences: readonly ArrayLike<number>[],
  { runtime, batchSize = 32, maxLength = 256, signal }: ClassifyOptions = {},
): Promise<Float32Array[]> {
  requireSize('classifySequences', { batchSize, maxLength });
  const empty = sequences.findIndex(({ length }) => length === 0);
  if (empty >= 0)
    throw new RangeError(`classifySequences: sequences must have tokens, got none in number ${empty}.`);
  const { classCount } = model.config;
  const { run, release } = modelProgram(model, runtime, ({ inputs, lengths }) => ({
    probabilities: tf.softmax(model.forward(inputs!, lengths!)),
  }));
  const results = new Array<Float32Array>(sequences.length);
  try {
    for (const { numbers, length } of batchesOf(sequences, batchSize, maxLength)) {
      signal?.throwIfAborted();
      const inputs = new Int32Array(batchSize * length);
      const lengths = new Int32Array(batchSize).fill(1); // rows that are left over are not looked at
      for (const [row, number] of numbers.entries()) {
        lengths[row] = Math.min(sequences[number]!.length, length);
        for (let place = 0; place < lengths[row]!; place++)
          inputs[row * length + place] = sequences[number]![place]!;
      }
      const { probabilities } = await run({
        inputs: tensorData(inputs, [batchSize, length]),
        lengths: tensorData(lengths, [batchSize]),
      });
      const data = probabilities!.data as Float32Array;
      for (const [row, number] of numbers.entries()) {
        results[number] = data.slice(row * classCount, (row + 1) * classCount);
      }
    }
    return results;
  } finally {
    await release();
  }
}

/** Sequences of about the same length together; lengths are powers of two from 16 on, so that there are few shapes. */
function* batchesOf(
  sequences: readonly ArrayLike<number>[],
  batchSize: number,
  maxLength: number,
): Generator<{ readonly numbers: readonly number[]; readonly length: number }> {
  const byLength = new Map<number, number[]>();
  for (const [number, { length }] of sequences.entries()) {
    const padded = Math.min(maxLength, 2 ** Math.max(4, Math.ceil(Math.log2(length))));
    const alike = byLength.get(padded);
    if (alike) alike.push(number);
    else byLength.set(padded, [number]);
  }
  for (const [length, numbers] of byLength) {
    for (let first = 0; first < numbers.length; first += batchSize) {
      yield { numbers: numbers.slice(first, first + batchSize), length };
    }
  }
}
