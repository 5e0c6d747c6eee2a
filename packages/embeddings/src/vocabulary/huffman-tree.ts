/** The way from the root of a Huffman tree to each word. */
export interface HuffmanPaths {
  /** Where the path of a word begins in `nodes`, by row, and at last the end. */
  readonly starts: Uint32Array;
  /** Inner node, from 0, times 2, plus 1 if the word is in the branch of label 1. The root is the last node. */
  readonly nodes: Uint32Array;
  readonly longest: number;
}

/**
 * Paths through the binary tree in which frequent words are near the root: the classes of hierarchical softmax.
 *
 * The label of a branch is 1 minus the code bit of word2vec.c: 1 for the rarer half of each pair that is joined. Of nodes with one count,
 * words come first.
 *
 * @param counts by row
 * @see Morin and Bengio 2005; Mikolov et al. 2013, §2.1
 */
export function huffmanPaths(counts: ArrayLike<number>): HuffmanPaths {
  const words = counts.length;
  const order = Array.from({ length: words }, (_, row) => row).sort(
    (left, right) => counts[left]! - counts[right]! || right - left,
  );
  const inner = new Float64Array(Math.max(0, words - 1));
  const parents = new Int32Array(2 * words - 1);
  const labels = new Uint8Array(2 * words - 1);
  let nextWord = 0;
  let nextInner = 0;
  for (let made = 0; made < inner.length; made++) {
    for (const label of [1, 0]) {
      const takesWord =
        nextWord < words && (nextInner >= made || counts[order[nextWord]!]! <= inner[nextInner]!);
      const node = takesWord ? order[nextWord]! : words + nextInner;
      inner[made]! += takesWord ? counts[order[nextWord++]!]! : inner[nextInner++]!;
      parents[node] = made;
      labels[node] = label;
    }
  }
  const root = inner.length - 1;
  const starts = new Uint32Array(words + 1);
  const nodes: number[] = [];
  let longest = 0;
  for (let row = 0; row < words; row++) {
    const path: number[] = [];
    for (let node = row; words > 1 && node !== words + root; node = words + parents[node]!) {
      path.push(2 * parents[node]! + labels[node]!);
    }
    for (const step of path.reverse()) nodes.push(step);
    starts[row + 1] = nodes.length;
    longest = Math.max(longest, path.length);
  }
  return { starts, nodes: Uint32Array.from(nodes), longest };
}
