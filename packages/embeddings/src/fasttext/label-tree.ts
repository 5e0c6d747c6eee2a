/** A Huffman tree over labels: leaves first, each inner node after both its children, the root last. */
export interface LabelTree {
  readonly leafCount: number;
  /** By inner node, from 0: leaves have numbers below leafCount. */
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/**
 * The tree of hierarchical softmax.
 *
 * @param counts of the leaves, from the largest to the smallest
 * @see Mikolov et al. 2013, "Distributed representations of words and phrases", §2.1
 */
export function labelTree(counts: ArrayLike<number>): LabelTree {
  const leafCount = counts.length;
  const innerCount = Math.max(0, leafCount - 1);
  const weights = new Float64Array(leafCount + innerCount).fill(1e15);
  for (let leaf = 0; leaf < leafCount; leaf++) weights[leaf] = counts[leaf]!;
  const [left, right] = [new Int32Array(innerCount), new Int32Array(innerCount)];
  let leaf = leafCount - 1;
  let node = leafCount;
  const lightest = (): number => (leaf >= 0 && weights[leaf]! < weights[node]! ? leaf-- : node++);
  for (let inner = 0; inner < innerCount; inner++) {
    left[inner] = lightest();
    right[inner] = lightest();
    weights[leafCount + inner] = weights[left[inner]!]! + weights[right[inner]!]!;
  }
  return { leafCount, left, right };
}
