/**
 * Walks the weights from the heaviest down, adding up `measure`, and returns the index at which the total reaches
 * `target`, without sorting: a quickselect, expected linear time. Equal weights rank by index, the lower first.
 *
 * @param weights at least one
 * @param target  with measure 1 a count, with measure = weight a mass
 * @returns the index of the last weight that is needed; the lightest if all together do not reach the target
 * @see Hoare 1961, "Algorithm 65: find"
 * @example
 * lastOfHeaviest(Float64Array.of(5, 1, 3), 2, () => 1); // 2, since 5 and 3 are the two heaviest
 */
export function lastOfHeaviest(
  weights: Float64Array,
  target: number,
  measure: (weight: number) => number,
): number {
  const order = Uint32Array.from(weights, (_, index) => index);
  const before = (a: number, b: number): boolean =>
    weights[a]! > weights[b]! || (weights[a] === weights[b] && a < b);

  let low = 0;
  let high = order.length; // the answer stands in order[low, high), everything heavier before it
  let missing = target;
  while (high - low > 1) {
    const pivot = median(order[low]!, order[(low + high) >> 1]!, order[high - 1]!, before);
    let heavier = low;
    let mass = 0;
    for (let place = low; place < high; place++) {
      const index = order[place]!;
      if (!before(index, pivot)) continue;
      mass += measure(weights[index]!);
      order[place] = order[heavier]!;
      order[heavier++] = index;
    }
    if (mass >= missing) {
      high = heavier;
      continue;
    }
    missing -= mass;
    const reached = measure(weights[pivot]!);
    if (reached >= missing) return pivot;
    const place = order.indexOf(pivot, heavier);
    order[place] = order[heavier]!;
    order[heavier] = pivot;
    if (heavier + 1 === high) return pivot;
    missing -= reached;
    low = heavier + 1;
  }
  return order[low]!;
}

function median(a: number, b: number, c: number, before: (a: number, b: number) => boolean): number {
  if (before(a, b)) return before(b, c) ? b : before(a, c) ? c : a;
  return before(a, c) ? a : before(b, c) ? c : b;
}
