import { detachString } from './detach-string.ts';
import { pieceEnd } from './pre-tokenize.ts';

/** How often each piece occurs in the texts added. Memory grows with the distinct pieces, not with the text. */
export class PieceCounter {
  readonly counts: Map<string, number> = new Map();
  characterCount = 0;
  pieceCount = 0;

  /** Counts one text, in steps of about a million code units. */
  *add(text: string): Generator<void> {
    let start = 0;
    let stepEnd = STEP;
    while (start < text.length) {
      const end = pieceEnd(text, start);
      const piece = text.slice(start, end);
      const count = this.counts.get(piece);
      if (count === undefined) this.counts.set(detachString(piece), 1);
      else this.counts.set(piece, count + 1);
      this.pieceCount++;
      this.characterCount += end - start;
      start = end;
      if (start > stepEnd) {
        stepEnd = start + STEP;
        yield;
      }
    }
    yield;
  }
}

const STEP = 2 ** 20;
