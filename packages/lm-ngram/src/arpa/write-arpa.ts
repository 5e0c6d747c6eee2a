import type { NgramModel } from '../ngram-model.ts';
import { SENTENCE_END, UNKNOWN } from '../vocabulary.ts';
import { formatLog } from './format-log.ts';

const LINES_PER_PART = 4096;

/**
 * A model in the ARPA format, in parts of a few hundred kilobytes: join them, or write them one after the other.
 *
 * @example
 * const text = [...writeArpa(model)].join('');
 */
export function* writeArpa(model: NgramModel): Generator<string, void, void> {
  const { trie, vocabulary, logProbabilities, logBackoffs } = model;
  yield `\\data\\\n${trie.sizes.map((size, index) => `ngram ${index + 1}=${size}\n`).join('')}`;
  for (let level = 1; level <= trie.order; level++) {
    let lines = [`\n\\${level}-grams:`];
    for (let node = trie.levelStart(level); node < trie.levelEnd(level); node++) {
      const ngram = trie.ngramOf(node).map((word) => vocabulary.wordOf(word));
      const line = `${formatLog(logProbabilities[node]!)}\t${ngram.join(' ')}`;
      const last = trie.words[node]!;
      const isContext = level < trie.order && last !== UNKNOWN && last !== SENTENCE_END;
      lines.push(
        isContext || (level < trie.order && logBackoffs[node] !== 0)
          ? `${line}\t${formatLog(logBackoffs[node]!)}`
          : line,
      );
      if (lines.length === LINES_PER_PART) {
        yield `${lines.join('\n')}\n`;
        lines = [];
      }
    }
    if (lines.length > 0) yield `${lines.join('\n')}\n`;
  }
  yield '\n\\end\\\n';
}
