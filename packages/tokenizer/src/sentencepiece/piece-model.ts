import type { SentencePiece } from './sentence-piece-file.ts';

/** Receives the parts of a text in order: the id of a piece, or −1 for what is none. */
export type EmitPiece = (id: number, start: number, end: number) => void;

/** Cuts normalized text into pieces. */
export interface PieceModel {
  cut(text: string, emit: EmitPiece): void;
}

/** Ids of the pieces that are found in text, by their text. */
export function searchableIds(pieces: readonly SentencePiece[]): Map<string, number> {
  const ids = new Map<string, number>();
  for (const [id, { piece, kind }] of pieces.entries()) {
    if (kind === 'normal' || kind === 'user-defined' || kind === 'unused') ids.set(piece, id);
  }
  return ids;
}
