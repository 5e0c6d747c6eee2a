import { requireText } from '../piece.ts';
import type { DocumentFrequencies } from './document-frequencies.ts';
import {
  heaviest,
  isCandidate,
  type Keyword,
  type KeywordOptions,
  STOP_WORDS,
} from './keyword-candidates.ts';

export interface ExtractKeywordsOptions extends KeywordOptions {
  /** How common words are elsewhere: of `@wordloom/chinese-dictionary`, or counted by `countDocumentFrequencies`. */
  readonly documentFrequencies: DocumentFrequencies;
}

/**
 * The words that a text has more often than others do (TF-IDF): a word's share of all candidates, times the inverse of its
 * document frequency.
 *
 * @returns the heaviest first
 * @see Spärck Jones 1972, A Statistical Interpretation of Term Specificity and Its Application in Retrieval
 */
export function extractKeywords(text: string, options: ExtractKeywordsOptions): Keyword[] {
  requireText(text, 'extractKeywords');
  const { segmenter, documentFrequencies, count = 20, tags, stopWords = STOP_WORDS } = options;
  const allowed = tags ? new Set(tags) : undefined;
  const counts = new Map<string, number>();
  let total = 0;
  for (const piece of segmenter.tag(text)) {
    if (!isCandidate(piece, allowed, stopWords)) continue;
    counts.set(piece.text, (counts.get(piece.text) ?? 0) + 1);
    total++;
  }
  const weights = new Map<string, number>();
  for (const [word, frequency] of counts) {
    weights.set(word, (frequency * documentFrequencies.inverse(word)) / total);
  }
  return heaviest(weights, count);
}
