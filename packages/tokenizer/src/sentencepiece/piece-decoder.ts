import type { SentencePiece, SentencePieceFile } from './sentence-piece-file.ts';
import { SPACE_MARK } from './text-normalizer.ts';

/** Turns pieces back into text, one after the other. */
export class PieceDecoder {
  readonly #file: SentencePieceFile;
  /** Bytes of characters that are not complete. */
  #bytes: number[] = [];
  #hasText = false;
  #hasDroppedSpace = false;

  constructor(file: SentencePieceFile) {
    this.#file = file;
  }

  /** The text that a piece completes. */
  push({ piece, kind }: SentencePiece): string {
    if (kind === 'byte') {
      this.#bytes.push(Number.parseInt(piece.slice(3, 5), 16));
      return this.#count(this.#takeBytes(false));
    }
    const before = this.#count(this.#takeBytes(true));
    return before + this.#count(this.#textOf(piece, kind));
  }

  /** What was held back; afterwards the decoder is as new. */
  end(): string {
    const rest = this.#takeBytes(true);
    this.#hasText = false;
    this.#hasDroppedSpace = false;
    return rest;
  }

  #textOf(piece: string, kind: SentencePiece['kind']): string {
    if (kind === 'control') return '';
    if (kind === 'unknown') return this.#file.unknownSurface;
    const { addDummyPrefix, removeExtraSpaces } = this.#file;
    const isStart = !this.#hasText && !this.#hasDroppedSpace;
    let text = piece;
    if (isStart && (addDummyPrefix || removeExtraSpaces) && piece.startsWith(SPACE_MARK)) {
      text = piece.slice(SPACE_MARK.length);
      // Where spaces at the start are removed anyway, all of them are.
      this.#hasDroppedSpace = !removeExtraSpaces;
    }
    return text.replaceAll(SPACE_MARK, ' ');
  }

  #count(text: string): string {
    this.#hasText ||= text !== '';
    return text;
  }

  /**
   * The characters that the bytes are; each byte that is none is U+FFFD.
   *
   * @param all whether bytes that more could complete are taken as well
   */
  #takeBytes(all: boolean): string {
    let text = '';
    let place = 0;
    while (place < this.#bytes.length) {
      const length = sequenceLength(this.#bytes[place]!);
      const isCut = this.#bytes.length - place < length;
      if (isCut && !all && isPrefix(this.#bytes.slice(place))) break;
      const character = isCut ? undefined : strictDecode(this.#bytes.slice(place, place + length));
      text += character ?? '\ufffd';
      place += character === undefined ? 1 : length;
    }
    this.#bytes = this.#bytes.slice(place);
    return text;
  }
}

/** Bytes of the character that a first byte announces. */
function sequenceLength(byte: number): number {
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

/** Whether bytes can be the start of a character. */
function isPrefix([first, ...rest]: readonly number[]): boolean {
  return first! >= 0xc2 && first! <= 0xf4 && rest.every((byte) => byte >= 0x80 && byte < 0xc0);
}

function strictDecode(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
