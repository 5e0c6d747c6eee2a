import { Trie } from '../trie.ts';
import type { SentencePiece } from './sentence-piece-file.ts';

/** Merges as a byte pair model has them: ids of what is merged, left, right, left, right, …, and of what each merge makes. */
export interface ScoredMerges {
  readonly pairs: Int32Array;
  readonly products: Int32Array;
}

/**
 * The merges that scored pieces amount to: a piece is made of any two pieces that it can be cut into, and those of the best score come first.
 *
 * Of one score come first the merges with more characters on the left, as in Hugging Face's converters; SentencePiece itself prefers the
 * leftmost place in the text, which a list of merges cannot say. Takes time in proportion to the characters of all pieces.
 *
 * @param pieces by id; only normal ones are merged
 */
export function mergesOfScores(pieces: readonly SentencePiece[]): ScoredMerges {
  const beginnings = new Trie();
  const endings = new Trie();
  for (const [id, { piece, kind }] of pieces.entries()) {
    if (kind !== 'normal' || piece === '') continue;
    beginnings.set(piece, id);
    endings.set(reversed(piece), id);
  }
  const merges: Merge[] = [];
  for (const [product, { piece, score, kind }] of pieces.entries()) {
    if (kind !== 'normal') continue;
    const lefts = idsAlong(beginnings, piece);
    const rights = idsAlong(endings, reversed(piece));
    const cuts: Merge[] = [];
    for (let cut = 1, characters = 1; cut < piece.length; cut++, characters++) {
      if (isTrailing(piece, cut)) cut++;
      const left = lefts[cut] ?? -1;
      const right = rights[piece.length - cut] ?? -1;
      if (left >= 0 && right >= 0) cuts.push({ product, left, right, score, characters });
    }
    // Where all else is the same, the order of ids decides.
    merges.push(...cuts.sort((a, b) => a.left - b.left || a.right - b.right));
  }
  const lengths = pieces.map(({ piece }) => [...piece].length);
  merges.sort(
    (a, b) => b.score - a.score || b.characters - a.characters || lengths[b.right]! - lengths[a.right]!,
  );
  return {
    pairs: Int32Array.from(merges.flatMap(({ left, right }) => [left, right])),
    products: Int32Array.from(merges, ({ product }) => product),
  };
}

interface Merge {
  readonly product: number;
  readonly left: number;
  readonly right: number;
  readonly score: number;
  /** Of the left piece. */
  readonly characters: number;
}

/** The id of the piece of each length that a text begins with, −1 where there is none. */
function idsAlong(trie: Trie, text: string): number[] {
  const ids = [-1];
  let node = 0;
  for (let index = 0; index < text.length; index++) {
    node = trie.child(node, text.charCodeAt(index));
    if (node < 0) break;
    ids.push(trie.valueAt(node));
  }
  return ids;
}

/** Code units in reverse. */
function reversed(text: string): string {
  let result = '';
  for (let index = text.length - 1; index >= 0; index--) result += text[index];
  return result;
}

function isTrailing(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
