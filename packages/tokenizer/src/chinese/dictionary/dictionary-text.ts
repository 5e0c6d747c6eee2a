import {
  type ChineseDictionary,
  createChineseDictionary,
  type DictionaryEntry,
} from './chinese-dictionary.ts';

/**
 * Reads a dictionary as text: a line for each word, with its frequency and, if it has one, its part of speech, separated by
 * spaces. This is the format of jieba's `dict.txt`. Empty lines are skipped; of lines for one word the last counts.
 *
 * @param text the whole file
 * @param options.source its name, for errors; default "the dictionary"
 * @throws {RangeError} if a line has no frequency that is an integer of at least 1, naming the line
 */
export function parseChineseDictionary(
  text: string,
  { source = 'the dictionary' }: { source?: string } = {},
): ChineseDictionary {
  return createChineseDictionary(parseLines(text, source));
}

function* parseLines(text: string, source: string): Generator<DictionaryEntry> {
  let line = 0;
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    line++;
    const content = text.slice(start, end).trim();
    start = end + 1;
    if (content === '') continue;
    const [word, frequency, tag = ''] = content.split(/\s+/);
    if (!/^\d+$/.test(frequency ?? '') || Number(frequency) < 1) {
      throw new RangeError(
        `parseChineseDictionary: line ${line} of ${source} must be a word, its frequency and its tag, got ${JSON.stringify(content)}.`,
      );
    }
    yield { word: word!, frequency: Number(frequency), tag };
  }
}
