/** How one sequence becomes another at the least cost. */
export interface EditCounts {
  /** Items of the reference that stand in the hypothesis. */
  readonly hits: number;
  readonly substitutions: number;
  /** Items of the hypothesis that the reference lacks. */
  readonly insertions: number;
  /** Items of the reference that the hypothesis lacks. */
  readonly deletions: number;
}

/**
 * Levenshtein distance: the fewest insertions, deletions and substitutions of items that turn one sequence into the
 * other. Strings count by Unicode code point.
 *
 * @example editDistance('kitten', 'sitting'); // 3
 */
export function editDistance<T>(a: string | readonly T[], b: string | readonly T[]): number {
  const { substitutions, insertions, deletions } = editCounts(a, b);
  return substitutions + insertions + deletions;
}

/**
 * The edits behind {@link editDistance}, by kind. Where several ways cost the same, the one with the most hits counts.
 */
export function editCounts<T>(
  hypothesis: string | readonly T[],
  reference: string | readonly T[],
): EditCounts {
  const [from, to] = [[...hypothesis], [...reference]];
  // By hypothesis prefix length: cost and hits of turning it into the reference prefix of the current row.
  let cost = Uint32Array.from({ length: from.length + 1 }, (_, index) => index);
  let hits = new Uint32Array(from.length + 1);
  let nextCost = new Uint32Array(from.length + 1);
  let nextHits = new Uint32Array(from.length + 1);
  for (const [row, item] of to.entries()) {
    nextCost[0] = row + 1;
    nextHits[0] = 0;
    for (let column = 1; column <= from.length; column++) {
      const isHit = from[column - 1] === item;
      let best = cost[column - 1]! + (isHit ? 0 : 1);
      let bestHits = hits[column - 1]! + (isHit ? 1 : 0);
      const consider = (candidate: number, candidateHits: number): void => {
        if (candidate < best || (candidate === best && candidateHits > bestHits)) {
          best = candidate;
          bestHits = candidateHits;
        }
      };
      consider(cost[column]! + 1, hits[column]!);
      consider(nextCost[column - 1]! + 1, nextHits[column - 1]!);
      nextCost[column] = best;
      nextHits[column] = bestHits;
    }
    [cost, nextCost] = [nextCost, cost];
    [hits, nextHits] = [nextHits, hits];
  }
  // Hits h, substitutions s, insertions i and deletions d are fixed by the two lengths, the cost and the hits:
  // h + s + i = |hypothesis|, h + s + d = |reference|, s + i + d = cost.
  const [total, matched] = [cost[from.length]!, hits[from.length]!];
  const substitutions = from.length + to.length - 2 * matched - total;
  return {
    hits: matched,
    substitutions,
    insertions: from.length - matched - substitutions,
    deletions: to.length - matched - substitutions,
  };
}
