import { BinaryHeap } from '../binary-heap.ts';
import { characterLength } from '../models/unigram/best-path.ts';
import { type EmitPiece, type PieceModel, searchableIds } from './piece-model.ts';
import type { SentencePiece } from './sentence-piece-file.ts';

/**
 * Merges neighboring symbols into pieces, the piece with the best score first, of equals the leftmost, until no two neighbors make a piece.
 *
 * Takes n log n time in the length of the text, however long its words are.
 *
 * @see Sennrich et al. 2016, algorithm 1
 */
export class BytePairPieces implements PieceModel {
  readonly #pieces: readonly SentencePiece[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #literals: LiteralMatcher;

  constructor(pieces: readonly SentencePiece[]) {
    this.#pieces = pieces;
    this.#ids = searchableIds(pieces);
    this.#literals = new LiteralMatcher(pieces);
  }

  cut(text: string, emit: EmitPiece): void {
    const { starts, ends, frozen } = this.#literals.symbols(text);
    const count = starts.length;
    const previous = Int32Array.from(starts, (_, index) => index - 1);
    const next = Int32Array.from(starts, (_, index) => (index + 1 < count ? index + 1 : -1));
    const isGone = new Uint8Array(count);
    const agenda = new BinaryHeap(precedes);
    /** Of what an unused piece was merged, by its start and end. */
    const halves = new Map<string, number>();
    const propose = (left: number, right: number): void => {
      if (left < 0 || right < 0 || frozen[left] || frozen[right]) return;
      const id = this.#ids.get(text.slice(starts[left]!, ends[right]!));
      if (id === undefined) return;
      agenda.push({ left, right, length: ends[right]! - starts[left]!, score: this.#pieces[id]!.score });
      if (this.#pieces[id]!.kind === 'unused') halves.set(`${starts[left]} ${ends[right]}`, ends[left]!);
    };
    for (let index = 0; index + 1 < count; index++) propose(index, index + 1);
    for (let top = agenda.pop(); top; top = agenda.pop()) {
      const { left, right, length } = top;
      // One of the two may have been merged in the meantime.
      if (isGone[left] || isGone[right] || ends[right]! - starts[left]! !== length) continue;
      ends[left] = ends[right]!;
      isGone[right] = 1;
      next[left] = next[right]!;
      if (next[right]! >= 0) previous[next[right]!] = left;
      propose(previous[left]!, left);
      propose(left, next[left]!);
    }
    const output = (start: number, end: number): void => {
      const id = this.#ids.get(text.slice(start, end)) ?? -1;
      const half = id >= 0 && this.#pieces[id]!.kind === 'unused' ? halves.get(`${start} ${end}`) : undefined;
      if (half === undefined) {
        emit(id, start, end);
      } else {
        output(start, half);
        output(half, end);
      }
    };
    for (let index = 0; index >= 0 && index < count; index = next[index]!)
      output(starts[index]!, ends[index]!);
  }
}

/** Cuts a text into characters and user-defined pieces. */
export class LiteralMatcher {
  /** User-defined pieces by their first code unit, the longest first. */
  readonly #literals = new Map<number, string[]>();

  constructor(pieces: readonly SentencePiece[]) {
    const literals = pieces.filter(({ kind, piece }) => kind === 'user-defined' && piece !== '');
    for (const { piece } of literals.toSorted((a, b) => b.piece.length - a.piece.length)) {
      const first = piece.charCodeAt(0);
      this.#literals.set(first, [...(this.#literals.get(first) ?? []), piece]);
    }
  }

  /** Where each symbol starts and ends, and whether it must stay as it is. */
  symbols(text: string): { starts: number[]; ends: number[]; frozen: boolean[] } {
    const starts: number[] = [];
    const ends: number[] = [];
    const frozen: boolean[] = [];
    for (let start = 0; start < text.length; ) {
      const literal = this.#literals
        .get(text.charCodeAt(start))
        ?.find((piece) => text.startsWith(piece, start));
      const end = start + (literal?.length ?? characterLength(text, start));
      starts.push(start);
      ends.push(end);
      frozen.push(literal !== undefined);
      start = end;
    }
    return { starts, ends, frozen };
  }
}

/** A possible merge of two neighbors. */
interface Merge {
  readonly left: number;
  readonly right: number;
  /** Of both when this was proposed: another length means that one has changed. */
  readonly length: number;
  readonly score: number;
}

/** The best score first, of equals the leftmost. */
function precedes(a: Merge, b: Merge): boolean {
  return a.score > b.score || (a.score === b.score && a.left < b.left);
}
