import { type Piece, piecesAt, requireText, type WordSegmenter } from './piece.ts';
import { ALPHANUMERIC, characterClass, characterLength } from './segmentation/character-class.ts';

/**
 * The first step of a tokenizer: cuts a text into pieces in its order, which do not overlap. White space is in none.
 * Whatever takes a text and gives `{ text, start, end }` can stand in its place.
 */
export type PreTokenizer = (text: string) => Piece[];

/** Cuts one word further: where each of its parts ends, the last at its length. */
export type WordCutter = (word: string) => ArrayLike<number>;

/** Pieces are words, for vocabularies of words. */
export function wordPieces(segmenter: WordSegmenter): PreTokenizer {
  return (text) => piecesAt(text, segmenter.boundaries(text)).filter(({ text: word }) => word.trim() !== '');
}

/**
 * Pieces are characters, for vocabularies of characters such as those of Chinese BERT; letters and digits of ASCII that
 * stand side by side stay together.
 */
export function characterPieces(): PreTokenizer {
  return (text) => {
    requireText(text, 'characterPieces');
    const pieces: Piece[] = [];
    for (let start = 0; start < text.length; ) {
      let end = start + characterLength(text, start);
      if (characterClass(text, start) === ALPHANUMERIC) {
        while (end < text.length && characterClass(text, end) === ALPHANUMERIC) end++;
      }
      const piece = text.slice(start, end);
      if (piece.trim() !== '') pieces.push({ text: piece, start, end });
      start = end;
    }
    return pieces;
  };
}

/**
 * Pieces are parts of words, for vocabularies of subwords that no token of two words is to be in.
 *
 * @param cutWord where each part of a word ends
 * @example
 * // Words of more than four characters, one character each
 * const pieces = subwordPieces(segmenter, (word) => (word.length > 4 ? Array.from(word, (_, index) => index + 1) : [word.length]));
 */
export function subwordPieces(segmenter: WordSegmenter, cutWord: WordCutter): PreTokenizer {
  const words = wordPieces(segmenter);
  return (text) =>
    words(text).flatMap(({ text: word, start }) => {
      const ends = cutWord(word);
      const parts = piecesAt(word, ends);
      if (parts.at(-1)?.end !== word.length || parts.some((part) => part.start >= part.end)) {
        throw new RangeError(
          `subwordPieces: cutWord must return rising ends up to ${word.length} for ${JSON.stringify(word)}, got [${Array.from(ends).join(', ')}].`,
        );
      }
      return parts.map((part) => ({ ...part, start: start + part.start, end: start + part.end }));
    });
}
