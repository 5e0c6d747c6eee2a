import type { ChineseDictionary } from '../dictionary/chinese-dictionary.ts';
import { NOTHING } from '../dictionary/word-trie.ts';
import { characterLength } from './character-class.ts';

/**
 * The likeliest way through the lattice of a text's dictionary words, each word drawn by its frequency alone.
 *
 * From the end of the text to its start, the best route from each character is the word that begins there with the highest
 * log frequency plus the best route from the word's end; of equal ones the longest word. Where no word begins, the
 * character stands alone with frequency 1. Its arrays are used again by the next text.
 */
export class BestRoute {
  /** Where the word chosen at each character ends, relative to the block's start. */
  next: Int32Array = new Int32Array(64);
  #scores = new Float64Array(64);

  /** Finds the route through `text.slice(start, end)`; `next[i]` is the end of the word at `start + i`, less `start`. */
  find(dictionary: ChineseDictionary, text: string, start: number, end: number): void {
    const length = end - start;
    if (length >= this.next.length) {
      this.next = new Int32Array(length * 2);
      this.#scores = new Float64Array(length * 2);
    }
    const next = this.next;
    const scores = this.#scores;
    const { firstChild, units, values, roots } = dictionary.tables.trie;
    const { logFrequencies } = dictionary;
    const logTotal = Math.log(dictionary.total);
    scores[length] = 0;
    for (let index = length - 1; index >= 0; index--) {
      let best = Number.NEGATIVE_INFINITY;
      let bestEnd = 0;
      // The walk is written out here, as in `WordTrie.step`: a call for each step takes a third of the time.
      let state = roots[text.charCodeAt(start + index)]!;
      for (let place = index + 1; state !== NOTHING; place++) {
        const word = values[state]!;
        if (word !== NOTHING) {
          const score = logFrequencies[word]! - logTotal + scores[place]!;
          if (score >= best) {
            best = score;
            bestEnd = place;
          }
        }
        if (place === length) break;
        const unit = text.charCodeAt(start + place);
        let low = firstChild[state]!;
        let high = firstChild[state + 1]!;
        while (high - low > 4) {
          const middle = (low + high) >> 1;
          if (units[middle]! <= unit) low = middle;
          else high = middle;
        }
        while (low < high && units[low] !== unit) low++;
        state = low < high ? low : NOTHING;
      }
      if (bestEnd === 0) {
        // No route begins at a low surrogate, so a score there is never used.
        bestEnd = index + characterLength(text, start + index);
        best = 0 - logTotal + scores[bestEnd]!;
      }
      scores[index] = best;
      next[index] = bestEnd;
    }
  }
}
