import { countMatches, countNgrams } from './ngrams.ts';
import type { References } from './references.ts';
import { splitWords } from './words.ts';

/** How a predicted answer compares with the answers of the data set. */
export interface AnswerScore {
  /** 1 if it equals one of them once both are normalized, else 0. */
  readonly exactMatch: number;
  /** The best F1 of words, or of characters, over the answers. */
  readonly f1: number;
}

/**
 * Scores an answer as SQuAD's evaluation script does (1.1, and 2.0 with '' for "no answer"): case, ASCII punctuation,
 * articles and white space do not count, and words may stand in any order for F1.
 *
 * @param prediction '' where the model finds no answer
 * @param answers    one or more that are right; '' where there is none
 * @throws {RangeError} without an answer
 * @see Rajpurkar et al. 2016, "SQuAD: 100,000+ questions for machine comprehension of text", §6.1
 * @example squadScore('The Eiffel Tower!', ['Eiffel tower']); // { exactMatch: 1, f1: 1 }
 */
export function squadScore(prediction: string, answers: References): AnswerScore {
  const normalized = normalizeSquadAnswer(prediction);
  return bestScore('squadScore', answers, (answer) => {
    const expected = normalizeSquadAnswer(answer);
    return {
      exactMatch: normalized === expected ? 1 : 0,
      f1: wordF1(splitWords(normalized), splitWords(expected)),
    };
  });
}

/** An answer in lower case, without ASCII punctuation, the articles a, an and the, and surplus white space. */
export function normalizeSquadAnswer(text: string): string {
  const bare = text.toLowerCase().replace(/[!-/:-@[-`{-~]/g, '');
  return splitWords(bare.replace(ARTICLE, ' ')).join(' ');
}

/**
 * Scores an answer as CMRC 2018's evaluation script does: Chinese characters and words of other scripts are compared,
 * without punctuation, and F1 is that of the longest run they share.
 *
 * Text between Chinese characters is cut at white space and punctuation here; the script uses NLTK's tokenizer, which
 * cuts English contractions and quotes in other places.
 *
 * @param answers one or more that are right
 * @throws {RangeError} without an answer
 * @see Cui et al. 2019, "A span-extraction dataset for Chinese machine reading comprehension", §4
 */
export function cmrcScore(prediction: string, answers: References): AnswerScore {
  const [bare, tokens] = [normalizeCmrcAnswer(prediction), cmrcTokens(prediction)];
  return bestScore('cmrcScore', answers, (answer) => {
    const expected = cmrcTokens(answer);
    const shared = longestCommonRun(tokens, expected);
    return {
      exactMatch: bare === normalizeCmrcAnswer(answer) ? 1 : 0,
      f1: shared === 0 ? 0 : (2 * shared) / (tokens.length + expected.length),
    };
  });
}

/** An answer in lower case without outer white space and the punctuation that CMRC 2018 leaves out. */
export function normalizeCmrcAnswer(text: string): string {
  return text.toLowerCase().trim().replace(CMRC_PUNCTUATION, '');
}

/** As Python's `\b(a|an|the)\b`: letters of every script and digits bound a word, where JavaScript's `\b` knows ASCII only. */
const ARTICLE = /(?<![\p{L}\p{N}_])(a|an|the)(?![\p{L}\p{N}_])/gu;
const CMRC_PUNCTUATION = /[-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』]/g;

function cmrcTokens(text: string): string[] {
  return (
    normalizeCmrcAnswer(text).match(/[\u4e00-\u9fa5]|[^\s\p{P}\p{S}\u4e00-\u9fa5]+|[\p{P}\p{S}]/gu) ?? []
  );
}

function bestScore(owner: string, answers: References, score: (answer: string) => AnswerScore): AnswerScore {
  const scores = (typeof answers === 'string' ? [answers] : answers).map(score);
  if (scores.length === 0) throw new RangeError(`${owner}: answers must hold an answer, got none.`);
  return {
    exactMatch: Math.max(...scores.map(({ exactMatch }) => exactMatch)),
    f1: Math.max(...scores.map(({ f1 }) => f1)),
  };
}

/** F1 of two bags of words; of two empty ones 1, of one empty one 0 (SQuAD 2.0). */
function wordF1(prediction: string[], answer: string[]): number {
  if (prediction.length === 0 || answer.length === 0) return prediction.length === answer.length ? 1 : 0;
  const shared = countMatches(countNgrams(prediction, 1), countNgrams(answer, 1));
  return (2 * shared) / (prediction.length + answer.length);
}

function longestCommonRun(a: readonly string[], b: readonly string[]): number {
  let longest = 0;
  let lengths = new Uint32Array(b.length + 1);
  for (const item of a) {
    const next = new Uint32Array(b.length + 1);
    for (let place = 1; place <= b.length; place++) {
      if (item !== b[place - 1]) continue;
      next[place] = lengths[place - 1]! + 1;
      longest = Math.max(longest, next[place]!);
    }
    lengths = next;
  }
  return longest;
}
