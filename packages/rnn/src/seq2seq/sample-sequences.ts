import { RandomStream } from '@wordloom/compile';
import type { BeamDecoder, BeamSearchOptions, Hypothesis } from './beam-search.ts';
import { sampleWord, type WordSamplingOptions } from './sample-word.ts';

/** Options of {@link sampleSequences}. */
export interface SampleSequencesOptions
  extends WordSamplingOptions,
    Pick<BeamSearchOptions, 'startId' | 'endId' | 'maxLength' | 'signal'> {
  /** Of all draws: row r draws from a stream of its own, (seed, r). */
  readonly seed: number;
}

/**
 * Draws one sequence for each row, word by word.
 *
 * @param first the state of each row
 * @returns in the order of the rows; log-probabilities are the model's, whatever the temperature, and scores are the same
 */
export async function sampleSequences<State>(
  decoder: BeamDecoder<State>,
  first: State,
  rowCount: number,
  { startId, endId, maxLength, seed, signal, ...sampling }: SampleSequencesOptions,
): Promise<Hypothesis[]> {
  const streams = Array.from({ length: rowCount }, (_, row) => new RandomStream(seed, row));
  const drawn = streams.map(() => ({
    ids: [] as number[],
    attention: [] as Float32Array[],
    logProbability: 0,
    open: true,
  }));
  let state = first;
  let words = new Int32Array(rowCount).fill(startId);
  let looks = false;
  for (let length = 0; length < maxLength && drawn.some(({ open }) => open); length++) {
    signal?.throwIfAborted();
    const { logProbabilities, attention, state: after } = await decoder.step(words, state);
    looks = attention !== undefined;
    words = Int32Array.from(drawn, (sequence, row) => {
      if (!sequence.open) return endId;
      const scores = rowOf(logProbabilities, row, rowCount);
      const word = sampleWord(scores, sampling, streams[row]!);
      sequence.logProbability += scores[word]!;
      if (attention) sequence.attention.push(rowOf(attention, row, rowCount).slice());
      if (word === endId) sequence.open = false;
      else sequence.ids.push(word);
      return word;
    });
    state = after;
  }
  return drawn.map(({ ids, attention, logProbability }) => ({
    ids,
    logProbability,
    score: logProbability,
    ...(looks && { attention }),
  }));
}

function rowOf(matrix: Float32Array, row: number, rowCount: number): Float32Array {
  const size = matrix.length / rowCount;
  return matrix.subarray(row * size, (row + 1) * size);
}
