import { describeValue } from '../describe-value.ts';
import { WordVectors } from '../vectors/word-vectors.ts';
import type { FastTextDictionary } from './dictionary.ts';
import type { FastTextSettings } from './fasttext-settings.ts';
import { type LabelPredictor, labelPredictor } from './predict-labels.ts';
import type { RowMatrix } from './row-matrix.ts';

/** A label and its probability. */
export interface Prediction {
  /** Without the prefix. */
  readonly label: string;
  /** As fastText gives it, which adds 1e-5. */
  readonly probability: number;
}

/** Options of {@link FastTextModel.predict}. */
export interface PredictOptions {
  /** Labels at most. Default 1. */
  readonly count?: number;
  /** The least probability. Default 0. */
  readonly threshold?: number;
}

/**
 * A model of fastText: vectors of words from their character n-grams, also of words it has not seen; of a supervised one, labels of lines.
 *
 * @see Bojanowski et al. 2017 (vectors); Joulin et al. 2017 (labels)
 */
export class FastTextModel {
  readonly settings: FastTextSettings;
  readonly dictionary: FastTextDictionary;
  /** `[words + buckets, dim]` */
  readonly input: RowMatrix;
  /** `[labels, dim]`; of a model of words `[words, dim]`. */
  readonly output: RowMatrix;
  #predictor: LabelPredictor | undefined;

  constructor(
    settings: FastTextSettings,
    dictionary: FastTextDictionary,
    input: RowMatrix,
    output: RowMatrix,
  ) {
    this.settings = settings;
    this.dictionary = dictionary;
    this.input = input;
    this.output = output;
  }

  /** Labels without their prefix, by number. */
  get labels(): readonly string[] {
    return this.dictionary.labels.map((label) => label.slice(this.dictionary.options.labelPrefix.length));
  }

  /**
   * The likeliest labels of a line, the likeliest first; none if it holds no word.
   *
   * A line of a file ends in a line feed, which is a word of its own to fastText; its command line reads such, its Python package adds one. Give a text as it
   * is, without one, and it is added.
   *
   * @throws {TypeError} if the model is not supervised, or the text has a line feed before its end
   * @throws {RangeError} if an option is out of range
   */
  predict(text: string, { count = 1, threshold = 0 }: PredictOptions = {}): Prediction[] {
    const { model, loss } = this.settings;
    if (model !== 'supervised') {
      throw new TypeError(`FastTextModel.predict: the model must be supervised, got one of ${model}.`);
    }
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(
        `FastTextModel.predict: count must be a positive integer, got ${describeValue(count)}.`,
      );
    }
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new RangeError(
        `FastTextModel.predict: threshold must be in [0, 1], got ${describeValue(threshold)}.`,
      );
    }
    const { rows } = this.dictionary.encodeLine(asLine('FastTextModel.predict', text));
    if (rows.length === 0) return [];
    this.#predictor ??= labelPredictor(loss, this.output, this.dictionary.labelCounts);
    const { labels } = this.dictionary;
    const prefix = this.dictionary.options.labelPrefix.length;
    return this.#predictor(this.#mean(rows), { count, threshold }).map(({ label, score }) => ({
      label: labels[label]!.slice(prefix),
      probability: Math.exp(score),
    }));
  }

  /** The vector of a word, `[dim]`: the mean of its own row and its n-grams'; zeros if it has none of either. */
  wordVector(word: string): Float32Array {
    return this.#mean(this.dictionary.rowsOfWord(word));
  }

  /**
   * The vector of a line, `[dim]`: of a supervised model the mean of all its rows; else of its words' vectors, each scaled to length one.
   *
   * @throws {TypeError} if the text has a line feed before its end
   */
  sentenceVector(text: string): Float32Array {
    const line = asLine('FastTextModel.sentenceVector', text);
    if (this.settings.model === 'supervised') {
      return this.#mean(this.dictionary.encodeLine(line).rows);
    }
    const sum = new Float64Array(this.settings.dim);
    let count = 0;
    for (const word of line.split(/[ \t\n\v\f\r]+/)) {
      if (word === '') continue;
      const vector = this.wordVector(word);
      const norm = Math.hypot(...vector);
      if (norm === 0) continue;
      for (let at = 0; at < sum.length; at++) sum[at]! += vector[at]! / norm;
      count++;
    }
    return Float32Array.from(sum, (value) => (count > 0 ? value / count : 0));
  }

  /** The vectors of the words it has seen, for {@link mostSimilar} and the rest. */
  wordVectors(): WordVectors {
    const { words } = this.dictionary;
    const { dim } = this.settings;
    const table = new Float32Array(words.length * dim);
    for (const [row, word] of words.entries()) table.set(this.wordVector(word), row * dim);
    return new WordVectors(words, table, dim);
  }

  /** Of rows of the input matrix. */
  #mean(rows: readonly number[]): Float32Array {
    const sum = new Float32Array(this.settings.dim);
    for (const row of rows) this.input.addRow(row, sum);
    const factor = Math.fround(1 / rows.length);
    return rows.length > 0 ? sum.map((value) => value * factor) : sum;
  }
}

function asLine(caller: string, text: string): string {
  const end = text.indexOf('\n');
  if (end < 0) return `${text}\n`;
  if (end === text.length - 1) return text;
  throw new TypeError(
    `${caller}: text must be one line, got a line feed at ${end} of ${text.length} characters.`,
  );
}
