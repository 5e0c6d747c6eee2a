import { BestPath } from './best-path.ts';
import { Lattice } from './lattice.ts';
import { PieceTrie } from './piece-trie.ts';
import type { WordCounts } from './seed-pieces.ts';
import type { ScoredPiece } from './unigram-model.ts';

/**
 * Drops the pieces whose loss costs the corpus least likelihood.
 *
 * What a piece is worth: its occurrences would be cut in the best other way, and the pieces of that would become more frequent. Pieces that
 * cannot be cut in another way stay.
 *
 * @param size how many to keep, as far as those that must stay allow
 * @see Kudo 2018, §3.2, step 3
 */
export function prunePieces(pieces: readonly ScoredPiece[], words: WordCounts, size: number): ScoredPiece[] {
  const trie = new PieceTrie(pieces.map(([piece], id) => [piece, id]));
  const scores = Float64Array.from(pieces, ([, score]) => score);
  const { frequencies, coverage, wordCount } = useOfPieces(trie, scores, words);
  const total = frequencies.reduce((sum, frequency) => sum + frequency, 0);
  const lattice = new Lattice(trie, scores, Number.NEGATIVE_INFINITY);

  const kept: ScoredPiece[] = [];
  const candidates: { readonly piece: ScoredPiece; readonly loss: number }[] = [];
  for (const [id, piece] of pieces.entries()) {
    const [best, second] = lattice.nbest(piece[0], 2);
    if (second && best!.nodes.length > 1) continue; // is never the best way itself
    if (!second || second.nodes.some((node) => node.id < 0)) {
      kept.push(piece);
      continue;
    }
    const frequency = frequencies[id]!;
    if (frequency === 0) continue;
    const alternatives = second.nodes.map((node) => frequencies[node.id]!);
    const logTotal = Math.log(total + frequency * (alternatives.length - 1));
    const asOthers = alternatives.reduce((sum, other) => sum + Math.log(other + frequency) - logTotal, 0);
    const loss = (coverage[id]! / wordCount) * (Math.log(frequency) - Math.log(total) - asOthers);
    candidates.push({ piece, loss });
  }
  candidates.sort((a, b) => b.loss - a.loss);
  return [...kept, ...candidates.slice(0, Math.max(0, size - kept.length)).map(({ piece }) => piece)];
}

/** How often each piece is used when every word is cut in the best way, and in how many words. */
function useOfPieces(
  trie: PieceTrie,
  scores: Float64Array,
  words: WordCounts,
): { frequencies: Float64Array; coverage: Float64Array; wordCount: number } {
  const frequencies = new Float64Array(scores.length);
  const coverage = new Float64Array(scores.length);
  const lastWord = new Int32Array(scores.length).fill(-1);
  const bestPath = new BestPath(trie, scores, Number.NEGATIVE_INFINITY);
  let wordCount = 0;
  let index = 0;
  for (const [word, count] of words) {
    wordCount += count;
    const pieceCount = bestPath.find(word);
    for (let piece = 0; piece < pieceCount; piece++) {
      const id = bestPath.ids[piece]!;
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
