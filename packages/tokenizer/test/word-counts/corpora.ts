/** Text of made-up words, many of them rare, in lines, with Chinese and emoji; the same for the same seed. About `size` characters. */
export function madeUpText(size: number, seed = 1): string {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const letters = ['e', 't', 'a', 'o', 'n', 'é', 'ß', '的', '是', '🙂'];
  const parts: string[] = [];
  for (let length = 0; length < size; ) {
    let word = '';
    for (let count = 1 + next(6); count > 0; count--) word += letters[next(next(4) === 0 ? 10 : 5)]!;
    const part = word + (next(9) === 0 ? (next(5) === 0 ? '\n\n\n' : '\n') : ' ');
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}

/** Words and counts as one string, which compares much faster than arrays. */
export function listed(words: Iterable<readonly [string, number]>): string {
  return Array.from(words, ([word, count]) => `${word} ${count}`).join('\n');
}

/** What a `Map` counts: the pieces between white space of any text are the same however it is cut into lines. */
export function mapOfWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.split(/[ \n]+/)) {
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
