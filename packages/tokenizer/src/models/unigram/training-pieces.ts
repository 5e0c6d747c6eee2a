import { PieceTrie } from './piece-trie.ts';
import type { ScoredPiece } from './unigram-model.ts';

/** The pieces of a training, which become fewer and fewer: texts and scores by id, and the trie that finds them. */
export class TrainingPieces {
  readonly texts: readonly string[];
  /** Logarithms of probabilities. */
  readonly scores: Float64Array;
  readonly trie: PieceTrie;
  /** How many pieces the trie was made of. */
  readonly #trieSize: number;

  private constructor(
    texts: readonly string[],
    scores: Float64Array,
    trie?: PieceTrie,
    trieSize = texts.length,
  ) {
    this.texts = texts;
    this.scores = scores;
    this.trie = trie ?? new PieceTrie(texts.map((text, id) => [text, id]));
    this.#trieSize = trieSize;
  }

  static of(pieces: readonly ScoredPiece[]): TrainingPieces {
    return new TrainingPieces(
      pieces.map(([text]) => text),
      Float64Array.from(pieces, ([, score]) => score),
    );
  }

  get size(): number {
    return this.texts.length;
  }

  /**
   * Those with the given ids, which get the ids from 0 on in this order. What is left out is gone from the trie, so these pieces must not be used again.
   *
   * @param scores of those that are kept
   */
  select(kept: Int32Array, scores: Float64Array): TrainingPieces {
    const texts = Array.from(kept, (id) => this.texts[id]!);
    // A trie made anew is smaller, and takes as long to make as a few rounds over it.
    if (2 * kept.length < this.#trieSize) return new TrainingPieces(texts, scores);
    const ids = new Int32Array(this.size).fill(-1);
    for (let id = 0; id < kept.length; id++) ids[kept[id]!] = id;
    this.trie.renumber(ids);
    return new TrainingPieces(texts, scores, this.trie, this.#trieSize);
  }

  *[Symbol.iterator](): Generator<ScoredPiece, void, void> {
    for (const [id, text] of this.texts.entries()) yield [text, this.scores[id]!];
  }
}
