import { requireText } from '../piece.ts';
import {
  heaviest,
  isCandidate,
  type Keyword,
  type KeywordOptions,
  STOP_WORDS,
} from './keyword-candidates.ts';

export interface RankKeywordsOptions extends KeywordOptions {
  /** Words fewer than so many words apart are neighbors; default 5. */
  readonly span?: number;
}

/** How much of a word's rank comes from its neighbors. */
const DAMPING = 0.85;
const ITERATIONS = 10;

/**
 * The words that stand near words that stand near many words (TextRank): PageRank on the graph of the words of a text, in
 * which neighbors are joined as often as they stand near each other. It needs no other texts.
 *
 * Words are ranked one after another, in the order of their code units, ten times; weights are scaled so that the highest is 1.
 *
 * @param options.tags default place names, nouns, verbal nouns and verbs: `ns`, `n`, `vn`, `v`
 * @returns the heaviest first
 * @see Mihalcea and Tarau 2004, TextRank: Bringing Order into Texts
 */
export function rankKeywords(text: string, options: RankKeywordsOptions): Keyword[] {
  requireText(text, 'rankKeywords');
  const { segmenter, count = 20, tags = ['ns', 'n', 'vn', 'v'], stopWords = STOP_WORDS, span = 5 } = options;
  const allowed = new Set(tags);
  const pieces = segmenter.tag(text);
  const words = pieces.map((piece) => (isCandidate(piece, allowed, stopWords) ? piece.text : undefined));
  return heaviest(rank(joinNeighbors(words, span)), count);
}

interface Edge {
  readonly to: string;
  readonly weight: number;
}

/** Each word's edges; an edge is with both its words. */
function joinNeighbors(words: readonly (string | undefined)[], span: number): Map<string, Edge[]> {
  const pairs = new Map<string, { from: string; to: string; weight: number }>();
  for (const [index, from] of words.entries()) {
    if (from === undefined) continue;
    for (const to of words.slice(index + 1, index + span)) {
      if (to === undefined) continue;
      const key = `${from}\n${to}`;
      const pair = pairs.get(key);
      if (pair) pair.weight++;
      else pairs.set(key, { from, to, weight: 1 });
    }
  }
  const edges = new Map<string, Edge[]>();
  const join = (from: string, to: string, weight: number): void => {
    const known = edges.get(from);
    if (known) known.push({ to, weight });
    else edges.set(from, [{ to, weight }]);
  };
  for (const { from, to, weight } of pairs.values()) {
    join(from, to, weight);
    join(to, from, weight);
  }
  return edges;
}

function rank(edges: ReadonlyMap<string, readonly Edge[]>): Map<string, number> {
  const ranks = new Map<string, number>();
  const outflows = new Map<string, number>();
  for (const [word, neighbors] of edges) {
    ranks.set(word, 1 / edges.size);
    outflows.set(
      word,
      neighbors.reduce((sum, { weight }) => sum + weight, 0),
    );
  }
  const order = [...edges.keys()].sort();
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    for (const word of order) {
      let sum = 0;
      for (const { to, weight } of edges.get(word)!) sum += (weight / outflows.get(to)!) * ranks.get(to)!;
      ranks.set(word, 1 - DAMPING + DAMPING * sum);
    }
  }
  let highest = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (const value of ranks.values()) {
    highest = Math.max(highest, value);
    lowest = Math.min(lowest, value);
  }
  const floor = lowest / 10;
  for (const [word, value] of ranks) ranks.set(word, (value - floor) / (highest - floor));
  return ranks;
}
