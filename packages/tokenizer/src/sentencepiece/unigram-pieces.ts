import { BestPath } from '../models/unigram/best-path.ts';
import { Lattice, type LatticeNode, type LatticePath } from '../models/unigram/lattice.ts';
import type { RandomSource } from '../random-source.ts';
import { Trie } from '../trie.ts';
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
    const trie = new Trie(pieces.length);
    for (const [id, { piece, kind }] of pieces.entries()) {
      if (piece !== '' && (kind === 'normal' || kind === 'user-defined')) trie.set(piece, id);
    }
    const unknownScore = Math.fround(smallest - UNKNOWN_PENALTY);
    this.#bestPath = new BestPath(trie, scores, unknownScore, true);
    this.#lattice = new Lattice(trie, scores, unknownScore);
  }

  cut(text: string, emit: EmitPiece): void {
    const parts: number[] = [];
    this.#bestPath.find(text, (id, start, end) => parts.push(id, start, end));
    for (let index = parts.length - 3; index >= 0; index -= 3) {
      emit(parts[index]!, parts[index + 1]!, parts[index + 2]!);
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
