import { BestPath, TIE } from './best-path.ts';
import { Lattice } from './lattice.ts';
import type { WordCounts } from './seed-pieces.ts';
import type { TrainingPieces } from './training-pieces.ts';

/**
 * Drops the pieces whose loss costs the corpus least likelihood.
 *
 * What a piece is worth: its occurrences would be cut in the best other way, and the pieces of that would become more frequent. Pieces that
 * cannot be cut in another way stay.
 *
 * @param size how many to keep, as far as those that must stay allow
 * @returns what is left of the pieces, which must not be used again
 * @see Kudo 2018, §3.2, step 3
 */
export function prunePieces(pieces: TrainingPieces, words: WordCounts, size: number): TrainingPieces {
  const { texts, scores, trie } = pieces;
  const bestPath = new BestPath(trie, scores, Number.NEGATIVE_INFINITY);
  const { frequencies, coverage, wordCount } = useOfPieces(bestPath, scores.length, words);
  const lattice = new Lattice(trie, scores, Number.NEGATIVE_INFINITY);
  const total = frequencies.reduce((sum, frequency) => sum + frequency, 0);

  const kept: number[] = [];
  const candidates: number[] = [];
  // Single precision: equal losses are equal then, in whatever order sums were made, and the piece that came first stays.
  const losses = new Float32Array(texts.length);
  for (let id = 0; id < texts.length; id++) {
    let others: ArrayLike<number> = bestPath.ids;
    let count = bestPath.find(texts[id]!, id);
    if (bestPath.score === Number.NEGATIVE_INFINITY) {
      kept.push(id);
      continue;
    }
    let isWorse = bestPath.score > scores[id]!;
    // Where ways are as good as equal, the order of the search for the best two decides.
    if (bestPath.hasTie || Math.abs(bestPath.score - scores[id]!) < TIE) {
      const [best, second] = lattice.nbest(texts[id]!, 2);
      isWorse = best!.nodes.length > 1;
      others = second!.nodes.map((node) => node.id);
      count = others.length;
    }
    const frequency = frequencies[id]!;
    if (isWorse || frequency === 0) continue; // is never the best way itself, or never used
    const logTotal = Math.log(total + frequency * (count - 1));
    let asOthers = 0;
    for (let part = 0; part < count; part++) {
      asOthers = asOthers + Math.log(frequencies[others[part]!]! + frequency) - logTotal;
    }
    losses[id] = (coverage[id]! / wordCount) * (Math.log(frequency) - Math.log(total) - asOthers);
    candidates.push(id);
  }
  candidates.sort((a, b) => losses[b]! - losses[a]!);
  const chosen = Int32Array.from([...kept, ...candidates.slice(0, Math.max(0, size - kept.length))]);
  return pieces.select(
    chosen,
    Float64Array.from(chosen, (id) => scores[id]!),
  );
}

/** How often each piece is used when every word is cut in the best way, and in how many words. */
function useOfPieces(
  bestPath: BestPath,
  pieceCount: number,
  words: WordCounts,
): { frequencies: Float64Array; coverage: Float64Array; wordCount: number } {
  const frequencies = new Float64Array(pieceCount);
  const coverage = new Float64Array(pieceCount);
  const lastWord = new Int32Array(pieceCount).fill(-1);
  let wordCount = 0;
  let index = 0;
  for (const [word, count] of words) {
    wordCount += count;
    const length = bestPath.find(word);
    for (let part = 0; part < length; part++) {
      const id = bestPath.ids[part]!;
      if (id < 0) continue;
      frequencies[id]! += count;
      if (lastWord[id] === index) continue;
      lastWord[id] = index;
      coverage[id]! += count;
    }
    index++;
  }
  return { frequencies, coverage, wordCount };
}
