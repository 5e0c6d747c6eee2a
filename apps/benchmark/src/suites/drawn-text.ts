import type { ChineseDictionary } from '@wordloom/tokenizer/chinese';

/**
 * A Chinese text of words drawn by their frequencies in a dictionary, with punctuation, about one character in fifty from outside it.
 * It reads like nonsense but asks of a segmenter what real text asks: the frequent words often, the rare ones rarely.
 *
 * @returns lines of about 100 characters each
 */
export function drawText(dictionary: ChineseDictionary, characters: number): string {
  const words: string[] = [];
  const bounds: number[] = [];
  let total = 0;
  for (const { word, frequency } of dictionary.entries()) {
    total += frequency;
    words.push(word);
    bounds.push(total);
  }
  let state = 1;
  const draw = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    return (state >>> 0) / 2 ** 32;
  };
  const lines: string[] = [];
  for (let written = 0; written < characters; ) {
    let line = '';
    while (line.length < 100) {
      const target = draw() * total;
      let low = 0;
      let high = words.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (bounds[middle]! <= target) low = middle + 1;
        else high = middle;
      }
      line += words[low]!;
      const chance = draw();
      if (chance < 0.1) line += chance < 0.08 ? '，' : '。';
      else if (chance < 0.15) line += String.fromCharCode(0x4e00 + Math.floor(draw() * 0x5000));
    }
    lines.push(line);
    written += line.length;
  }
  return lines.join('\n');
}
