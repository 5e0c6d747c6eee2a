import { BinaryHeap } from '../../binary-heap.ts';
import type { RandomSource } from '../../random-source.ts';
import { characterLength } from './best-path.ts';
import type { PieceTrie } from './piece-trie.ts';

/** A piece at a place of a word. */
export interface LatticeNode {
  /** Of the piece; −1: a character that is no piece. */
  readonly id: number;
  readonly start: number;
  readonly length: number;
  readonly score: number;
}

/** One way to cut a word. */
export interface LatticePath {
  readonly nodes: readonly LatticeNode[];
  /** The logarithm of the way's probability. */
  readonly score: number;
}

/** All ways to cut a word into pieces. */
export class Lattice {
  readonly #trie: PieceTrie;
  readonly #scores: Float64Array;
  readonly #unknownScore: number;

  constructor(trie: PieceTrie, scores: Float64Array, unknownScore: number) {
    this.#trie = trie;
    this.#scores = scores;
    this.#unknownScore = unknownScore;
  }

  /**
   * The best ways, the best one first: a best-first search from the end, by the score of the rest of the way plus that of the best way to there.
   *
   * @see Nagata 1994, "A stochastic Japanese morphological analyzer using a forward-DP backward-A* N-best search algorithm"
   */
  nbest(word: string, count: number): LatticePath[] {
    const ends = this.#nodesByEnd(word);
    const best = bestScores(ends);
    const paths: LatticePath[] = [];
    const agenda = new BinaryHeap<Hypothesis>((a, b) => a.bound > b.bound);
    agenda.push({ end: word.length, rest: 0, bound: best[word.length]!, node: undefined, next: undefined });
    while (paths.length < count) {
      const top = agenda.pop();
      if (!top) break;
      if (top.end === 0) {
        const nodes: LatticeNode[] = [];
        for (let step: Hypothesis | undefined = top; step?.node; step = step.next) nodes.push(step.node);
        paths.push({ nodes, score: top.rest });
        continue;
      }
      for (const node of ends[top.end]!) {
        const rest = top.rest + node.score;
        agenda.push({ end: node.start, rest, bound: rest + best[node.start]!, node, next: top });
      }
    }
    return paths;
  }

  /**
   * One way, drawn in proportion to its probability to the power of `alpha`.
   *
   * @param nbestSize among how many of the best ways; −1: among all, by forward filtering and backward sampling
   */
  sample(word: string, alpha: number, nbestSize: number, random: RandomSource): readonly LatticeNode[] {
    if (nbestSize > 0) {
      const paths = this.nbest(word, nbestSize);
      return paths[
        draw(
          paths.map(({ score }) => alpha * score),
          random,
        )
      ]!.nodes;
    }
    const ends = this.#nodesByEnd(word);
    const totals = new Float64Array(word.length + 1).fill(Number.NEGATIVE_INFINITY);
    totals[0] = 0;
    for (let end = 1; end <= word.length; end++) {
      for (const { start, score } of ends[end]!) {
        totals[end] = logAdd(totals[end]!, totals[start]! + alpha * score);
      }
    }
    const nodes: LatticeNode[] = [];
    for (let end = word.length; end > 0; end = nodes.at(-1)!.start) {
      const choices = ends[end]!;
      nodes.push(
        choices[
          draw(
            choices.map(({ start, score }) => totals[start]! + alpha * score),
            random,
          )
        ]!,
      );
    }
    return nodes.reverse();
  }

  /** The pieces that end at each place, shortest first. */
  #nodesByEnd(word: string): LatticeNode[][] {
    const ends: LatticeNode[][] = Array.from({ length: word.length + 1 }, () => []);
    for (let start = 0; start < word.length; ) {
      const single = characterLength(word, start);
      let hasSingle = false;
      let node = 0;
      for (let index = start; index < word.length; index++) {
        node = this.#trie.child(node, word.charCodeAt(index));
        if (node < 0) break;
        const id = this.#trie.valueAt(node);
        if (id < 0) continue;
        const length = index + 1 - start;
        ends[index + 1]!.push({ id, start, length, score: this.#scores[id]! });
        hasSingle ||= length === single;
      }
      if (!hasSingle)
        ends[start + single]!.push({ id: -1, start, length: single, score: this.#unknownScore });
      start += single;
    }
    return ends;
  }
}

/** By end: the score of the best way to get there. */
function bestScores(ends: readonly (readonly LatticeNode[])[]): Float64Array {
  const best = new Float64Array(ends.length).fill(Number.NEGATIVE_INFINITY);
  best[0] = 0;
  for (let end = 1; end < ends.length; end++) {
    for (const { start, score } of ends[end]!) best[end] = Math.max(best[end]!, best[start]! + score);
  }
  return best;
}

/** A number in proportion to exp(score). */
function draw(scores: readonly number[], random: RandomSource): number {
  const largest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - largest));
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}

/** log(exp a + exp b) */
export function logAdd(a: number, b: number): number {
  const [large, small] = a > b ? [a, b] : [b, a];
  return small === Number.NEGATIVE_INFINITY ? large : large + Math.log1p(Math.exp(small - large));
}

/** The rest of a way, from a place to the word's end. */
interface Hypothesis {
  readonly end: number;
  readonly rest: number;
  /** Score of the best way that ends so. */
  readonly bound: number;
  readonly node: LatticeNode | undefined;
  readonly next: Hypothesis | undefined;
}
