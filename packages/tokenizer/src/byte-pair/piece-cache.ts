import { detachString } from './detach-string.ts';

/**
 * The token ids of pieces seen lately, bounded in memory.
 *
 * Two generations of at most `capacity` pieces: when the younger is full, the older is forgotten and the younger takes its
 * place; a hit in the older moves up. So pieces in use stay, at the cost of one `Map` lookup.
 */
export class PieceCache {
  readonly #capacity: number;
  #young = new Map<string, Int32Array>();
  #old = new Map<string, Int32Array>();

  constructor(capacity = 32_768) {
    this.#capacity = capacity;
  }

  get(piece: string): Int32Array | undefined {
    const found = this.#young.get(piece);
    if (found) return found;
    const older = this.#old.get(piece);
    if (older) this.set(piece, older);
    return older;
  }

  set(piece: string, ids: Int32Array): void {
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    // A piece cut from a text keeps the whole text alive; the cache must not.
    this.#young.set(detachString(piece), ids);
  }
}
