import type { WordVectorModel } from '../word2vec/word-vector-model.ts';
import { type DictionaryEntries, FastTextDictionary } from './dictionary.ts';
import { FastTextModel } from './fasttext-model.ts';
import { DenseMatrix } from './row-matrix.ts';

/**
 * What `trainWordVectors` learned as a model of fastText, for {@link writeFastText}: the command's `nn` and `print-word-vectors` then find the
 * vectors that `model.vectorOf` has, of unknown words too. Tables are shared, not copied.
 *
 * fastText gives `</s>` no n-grams, so that a word of that name differs; rows of hierarchical softmax have no use there.
 *
 * @throws {RangeError} if a word has a zero character, which ends words in files
 */
export function fastTextModelOf(model: WordVectorModel): FastTextModel {
  const { vocabulary, settings, inputTable, outputTable } = model;
  const { words, counts, total } = vocabulary;
  const { size, subwords } = settings;
  const { minn, maxn, bucket } = subwords ?? { minn: 0, maxn: 0, bucket: 0 };
  const dictionary = new FastTextDictionary(
    { ...textsOf(words), counts, wordCount: words.length, tokenCount: total, keptBuckets: undefined },
    { minn, maxn, bucket, wordNgrams: 1, labelPrefix: '__label__' },
  );
  // As many rows as words, where the inner nodes of a tree are one fewer.
  const output = new Float32Array(words.length * size);
  output.set(outputTable.subarray(0, output.length));
  return new FastTextModel(
    {
      dim: size,
      ws: settings.window,
      epoch: settings.epochs,
      minCount: counts.length > 0 ? counts.reduce((least, count) => Math.min(least, count), Infinity) : 1,
      neg: settings.negative,
      wordNgrams: 1,
      loss: settings.loss === 'hierarchical-softmax' ? 'hs' : 'ns',
      model: settings.architecture === 'cbow' ? 'cbow' : 'skipgram',
      bucket,
      minn,
      maxn,
      lrUpdateRate: 100,
      t: settings.sample,
    },
    dictionary,
    new DenseMatrix(inputTable, words.length + bucket, size),
    new DenseMatrix(output, words.length, size),
  );
}

function textsOf(words: readonly string[]): Pick<DictionaryEntries, 'bytes' | 'offsets'> {
  const encoder = new TextEncoder();
  const texts = words.map((word) => encoder.encode(word));
  const offsets = new Int32Array(words.length + 1);
  for (const [row, text] of texts.entries()) {
    if (text.includes(0)) {
      throw new RangeError(
        `fastTextModelOf: words must have no zero character, got ${JSON.stringify(words[row])}.`,
      );
    }
    offsets[row + 1] = offsets[row]! + text.length;
  }
  const bytes = new Uint8Array(offsets[words.length]!);
  for (const [row, text] of texts.entries()) bytes.set(text, offsets[row]!);
  return { bytes, offsets };
}
