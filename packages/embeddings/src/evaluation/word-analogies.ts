import { exactIndexOf } from '../search/exact-index.ts';
import { mostSimilar } from '../vectors/most-similar.ts';
import { unitVector } from '../vectors/unit-vector.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { type EvaluationOptions, type KnownWords, knownWords } from './known-words.ts';

/** The first is to the second as the third is to the fourth. */
export type Analogy = readonly [string, string, string, string];

export interface AnalogySection {
  readonly name: string;
  readonly analogies: readonly Analogy[];
}

/** How many analogies of a section were found. */
export interface AnalogyScore {
  readonly name: string;
  readonly correct: number;
  /** Counted; those with a word that has no vector only where these are not left out. */
  readonly total: number;
  /** Of all with a word that has no vector. */
  readonly unknown: number;
  /** Correct of total; NaN if none counts. */
  readonly accuracy: number;
}

export interface AnalogiesResult extends Omit<AnalogyScore, 'name'> {
  readonly sections: readonly AnalogyScore[];
}

/** Options of {@link evaluateAnalogies}. */
export interface AnalogiesOptions extends EvaluationOptions {
  /** As {@link mostSimilar} has it. Default `add`. */
  readonly objective?: 'add' | 'multiply';
  /** Called after each section. */
  readonly onSection?: (score: AnalogyScore) => void;
}

/**
 * Reads a set of analogies: lines of four words, under lines `: name` of sections. Google's `questions-words.txt`, BATS converted so, and the Chinese
 * CA8 are such files.
 *
 * @throws {SyntaxError} if a line has another number of words, or stands before the first section; the message names it
 */
export function parseAnalogies(text: string): AnalogySection[] {
  const sections: { name: string; analogies: Analogy[] }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = (index === 0 ? line.replace(/^\ufeff/, '') : line).trim();
    if (content === '' || content.startsWith('#')) continue;
    if (content.startsWith(':')) {
      sections.push({ name: content.slice(1).trim(), analogies: [] });
      continue;
    }
    const words = content.split(/\s+/);
    const section = sections.at(-1);
    if (words.length !== 4 || !section) {
      const expected = section ? 'hold four words' : 'follow the name of a section, ": name"';
      throw new SyntaxError(
        `parseAnalogies: line ${index + 1} must ${expected}, got ${JSON.stringify(content.slice(0, 80))}.`,
      );
    }
    section.analogies.push(words as unknown as Analogy);
  }
  return sections;
}

/** Candidates that are looked at, as in gensim: the first that is not one of the three words is the answer. */
const CANDIDATES = 5;
/** Analogies searched at once. */
const BATCH = 256;

/**
 * How many analogies vectors solve: whether the word nearest to b − a + c, the three left out, is the fourth; as gensim's
 * `evaluate_word_analogies` does.
 *
 * @see Mikolov et al. 2013, "Efficient estimation of word representations in vector space", §4.1
 */
export function evaluateAnalogies(
  vectors: WordVectors,
  sections: Iterable<AnalogySection>,
  options: AnalogiesOptions = {},
): AnalogiesResult {
  const known = knownWords(vectors, options);
  const scores: AnalogyScore[] = [];
  for (const { name, analogies } of sections) {
    const rows = analogies.flatMap((words) => {
      const folded = words.map((word) => known.rows.get(known.fold(word)));
      return folded.includes(undefined) ? [] : [folded as number[]];
    });
    let correct = 0;
    for (let begin = 0; begin < rows.length; begin += BATCH) {
      correct += solve(vectors, rows.slice(begin, begin + BATCH), known, options);
    }
    const unknown = analogies.length - rows.length;
    scores.push(scoreOf(name, correct, options.unknown === 'zero' ? analogies.length : rows.length, unknown));
    options.onSection?.(scores.at(-1)!);
  }
  const sum = (field: 'correct' | 'total' | 'unknown'): number =>
    scores.reduce((all, score) => all + score[field], 0);
  const { name: _, ...total } = scoreOf('', sum('correct'), sum('total'), sum('unknown'));
  return { ...total, sections: scores };
}

function scoreOf(name: string, correct: number, total: number, unknown: number): AnalogyScore {
  return { name, correct, total, unknown, accuracy: correct / total };
}

/** @param rows of the words of each @returns how many are solved */
function solve(
  vectors: WordVectors,
  rows: readonly (readonly number[])[],
  { fold }: KnownWords,
  { objective = 'add', limit = 300_000 }: AnalogiesOptions,
): number {
  const { words, size, table } = vectors;
  const answers =
    objective === 'add'
      ? exactIndexOf(vectors)
          .searchAll(rows.map(offsetOf), CANDIDATES + 3, { limit })
          .map((neighbors) => Array.from(neighbors.rows))
      : rows.map(([a, b, c]) =>
          mostSimilar(vectors, [words[b!]!, words[c!]!], {
            negative: [words[a!]!],
            objective,
            limit,
            count: CANDIDATES,
          }).map(({ word }) => vectors.rowOf(word)!),
        );
  return rows.filter(([a, b, c, expected], index) => {
    const asked = [a, b, c];
    const folded = new Set(asked.map((row) => fold(words[row!]!)));
    const candidates = answers[index]!.filter((row) => !asked.includes(row)).slice(0, CANDIDATES);
    const answer = candidates.find((row) => !folded.has(fold(words[row]!)));
    return answer !== undefined && fold(words[answer]!) === fold(words[expected!]!);
  }).length;

  function offsetOf([a, b, c]: readonly number[]): Float32Array {
    const [from, to, other] = [a, b, c].map((row) =>
      unitVector(table.subarray(row! * size, (row! + 1) * size)),
    );
    return Float32Array.from(from!, (value, at) => to![at]! + other![at]! - value);
  }
}
