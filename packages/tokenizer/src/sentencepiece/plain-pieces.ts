import { LiteralMatcher } from './byte-pair-pieces.ts';
import { type EmitPiece, type PieceModel, searchableIds } from './piece-model.ts';
import type { SentencePiece } from './sentence-piece-file.ts';
import { SPACE_MARK } from './text-normalizer.ts';

/** Every character is a piece, and every user-defined one. */
export class CharacterPieces implements PieceModel {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #literals: LiteralMatcher;

  constructor(pieces: readonly SentencePiece[]) {
    this.#ids = searchableIds(pieces);
    this.#literals = new LiteralMatcher(pieces);
  }

  cut(text: string, emit: EmitPiece): void {
    const { starts, ends } = this.#literals.symbols(text);
    starts.forEach((start, index) => {
      emit(this.#ids.get(text.slice(start, ends[index])) ?? -1, start, ends[index]!);
    });
  }
}

/** Every word is a piece, together with the mark of the space before it; also in files that put the mark after words, as SentencePiece does it. */
export class WordPieces implements PieceModel {
  readonly #ids: ReadonlyMap<string, number>;

  constructor(pieces: readonly SentencePiece[]) {
    this.#ids = searchableIds(pieces);
  }

  cut(text: string, emit: EmitPiece): void {
    let start = 0;
    const end = (place: number): void => {
      if (place > start) emit(this.#ids.get(text.slice(start, place)) ?? -1, start, place);
      start = place;
    };
    for (let mark = text.indexOf(SPACE_MARK); mark >= 0; mark = text.indexOf(SPACE_MARK, mark + 1)) {
      end(mark);
    }
    end(text.length);
  }
}
