import { cosineSimilarity } from '../vectors/cosine-similarity.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { type EvaluationOptions, knownWords } from './known-words.ts';
import { pearson, spearman } from './ranks.ts';

/** Two words, and how similar people find them. */
export interface WordPair {
  readonly left: string;
  readonly right: string;
  readonly score: number;
}

/** How well cosines agree with people. */
export interface WordPairsResult {
  /** Rank correlation, ties by their mean rank: what is usually reported. NaN if all cosines are equal. */
  readonly spearman: number;
  /** Correlation of the numbers themselves. */
  readonly pearson: number;
  /** Pairs that were counted. */
  readonly pairs: number;
  /** Pairs with a word that has no vector; counted as cosine 0 where these are not left out. */
  readonly unknown: number;
}

/**
 * Reads a set of pairs: a line for each, two words and a number, separated by tabs, else commas, else spaces. WordSim-353, SimLex-999, MEN and the
 * Chinese 240 and 297 are such files.
 *
 * Lines that begin with `#` are comments; a first line without a number names columns, of which `SimLex999` or `score` is the number, else the
 * third is.
 *
 * @throws {SyntaxError} if another line is no pair; the message names it
 */
export function parseWordPairs(text: string): WordPair[] {
  const pairs: WordPair[] = [];
  let column = 2;
  let isFirst = true;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = (index === 0 ? line.replace(/^\ufeff/, '') : line).trim();
    if (content === '' || content.startsWith('#')) continue;
    const fields = content.split(content.includes('\t') ? '\t' : content.includes(',') ? ',' : /\s+/);
    const [left, right, score] = [fields[0]!.trim(), fields[1]?.trim(), fields[column]?.trim()];
    if (right && score && Number.isFinite(Number(score))) pairs.push({ left, right, score: Number(score) });
    else if (isFirst && fields.length > 2) {
      const named = fields.findIndex((field) => /^(simlex999|score)$/i.test(field.trim()));
      if (named >= 0) column = named;
    } else {
      throw new SyntaxError(
        `parseWordPairs: line ${index + 1} must hold two words and a number, got ${JSON.stringify(content.slice(0, 80))}.`,
      );
    }
    isFirst = false;
  }
  return pairs;
}

/**
 * Compares cosines of words with how similar people find them, as gensim's `evaluate_word_pairs` does.
 *
 * @throws {RangeError} if no pair is left to count
 * @see Finkelstein et al. 2002 (WordSim-353); Hill et al. 2015 (SimLex-999)
 */
export function evaluateWordPairs(
  vectors: WordVectors,
  pairs: Iterable<WordPair>,
  options: EvaluationOptions = {},
): WordPairsResult {
  const { fold, rows } = knownWords(vectors, options);
  const vectorOf = (row: number): Float32Array =>
    vectors.table.subarray(row * vectors.size, (row + 1) * vectors.size);
  const scores: number[] = [];
  const cosines: number[] = [];
  let unknown = 0;
  for (const { left, right, score } of pairs) {
    const [first, second] = [rows.get(fold(left)), rows.get(fold(right))];
    if (first === undefined || second === undefined) {
      unknown++;
      if (options.unknown !== 'zero') continue;
      cosines.push(0);
    } else cosines.push(cosineSimilarity(vectorOf(first), vectorOf(second)));
    scores.push(score);
  }
  if (scores.length === 0) {
    throw new RangeError(
      `evaluateWordPairs: a pair must have both its words among the vectors, none of ${unknown} has.`,
    );
  }
  return {
    spearman: spearman(scores, cosines),
    pearson: pearson(scores, cosines),
    pairs: scores.length,
    unknown,
  };
}
