import { BestPath } from '../models/unigram/best-path.ts';
import { Lattice, type LatticeNode, type LatticePath } from '../models/unigram/lattice.ts';
import { PieceTrie } from '../models/unigram/piece-trie.ts';
import type { RandomSource } from '../random-source.ts';
import type { EmitPiece, PieceModel } from './piece-model.ts';
import type { SentencePiece } from './sentence-piece-file.ts';

/** How much less likely an unknown character is than the least likely piece. */
const UNKNOWN_PENALTY = 10;

/** The most likely pieces of a text. User-defined pieces beat everything that could stand in their place. */
export class UnigramPieces implements PieceModel {
  readonly #bestPath: BestPath;
  readonly #lattice: Lattice;

  constructor(pieces: readonly SentencePiece[]) {
    const normal = pieces.filter(({ kind }) => kind === 'normal').map(({ score }) => score);
    const [smallest, largest] = [extreme(normal, Math.min), extreme(normal, Math.max)];
    const encoder = new TextEncoder();
    const scores = Float64Array.from(pieces, ({ piece, score, kind }) =>
      kind === 'user-defined' ? Math.fround(encoder.encode(piece).length * largest - 0.1) : score,
    );
    const trie = new PieceTrie(
      pieces.flatMap(({ piece, kind }, id) =>
        kind === 'normal' || kind === 'user-defined' ? [[piece, id] as const] : [],
      ),
    );
    const unknownScore = Math.fround(smallest - UNKNOWN_PENALTY);
    this.#bestPath = new BestPath(trie, scores, unknownScore, true);
    this.#lattice = new Lattice(trie, scores, unknownScore);
  }

  cut(text: string, emit: EmitPiece): void {
    const count = this.#bestPath.find(text);
    const { ids, ends } = this.#bestPath;
    for (let index = 0; index < count; index++) {
      emit(ids[index]!, index === 0 ? 0 : ends[index - 1]!, ends[index]!);
    }
  }

  nbest(text: string, count: number): LatticePath[] {
    return this.#lattice.nbest(text, count);
  }

  sample(text: string, alpha: number, nbestSize: number, random: RandomSource): readonly LatticeNode[] {
    return this.#lattice.sample(text, alpha, nbestSize, random);
  }
}

function extreme(scores: readonly number[], choose: (a: number, b: number) => number): number {
  return scores.length > 0 ? scores.reduce((a, b) => choose(a, b)) : 0;
}
