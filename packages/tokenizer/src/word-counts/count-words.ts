import { checkText } from '../check-text.ts';
import { CountedWords } from './counted-words.ts';
import { WordFeed, type WordParts, wordSpelling } from './word-feed.ts';
import { WordTable } from './word-table.ts';

/** Options of {@link countWords}. */
export interface CountWordsOptions extends WordParts {}

/**
 * Counts the words of a corpus that fit in memory: each text is normalized and cut, as a tokenizer of these parts would.
 *
 * Memory grows with the distinct words, not with the text. For corpora with more, in files or in many texts, see
 * {@link countWordsSteps} and `countWordsInFiles` of `@wordloom/tokenizer/node`.
 *
 * @param corpus a text, or several; words do not cross from one to the next. A lone surrogate counts as U+FFFD.
 * @returns the words with their counts, in order; counts are exact up to 2⁵³ − 1
 * @throws {TypeError} if a text is no string @throws {RangeError} if a count passes 2⁵³ − 1, or the words pass 4 GiB
 * @example
 * const words = countWords('to be or not to be', { preTokenizer: new WhitespacePreTokenizer() });
 * [...words]; // [['be', 2], ['not', 1], ['or', 1], ['to', 2]]
 */
export function countWords(corpus: string | Iterable<string>, options: CountWordsOptions = {}): CountedWords {
  const table = new WordTable();
  const feed = new WordFeed(options);
  for (const text of typeof corpus === 'string' ? [corpus] : corpus) {
    feed.start(checkText(text, 'countWords', 'corpus'));
    feed.fill(table);
  }
  return new CountedWords({
    wordCount: feed.wordCount,
    distinctWordCount: table.size,
    open: table.sort(),
    spell: wordSpelling(options),
  });
}
