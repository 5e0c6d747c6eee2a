import { subwordBuckets } from '../../fasttext/subwords.ts';
import { WordVectors } from '../../vectors/word-vectors.ts';
import { type RefuseAt, refuseFor } from '../byte-reader.ts';
import type { RowSelection } from '../row-collector.ts';
import { selectRows } from '../select-rows.ts';
import { matrixOfPickle, type NumpyMatrix, readNpy } from './numpy-array.ts';
import { PickleInstance, type PickleValue, readPickle } from './pickle.ts';

/** Options of {@link readGensim}. */
export interface ReadGensimOptions extends RowSelection {
  /** What errors call the file, such as its path. Default "the file". */
  readonly source?: string;
  /**
   * Reads a file beside it, in which gensim keeps large arrays, by what its name has more: `.vectors.npy`, `.wv.vectors.npy`. Default there
   * is none.
   */
  readonly sibling?: (suffix: string) => Promise<Uint8Array>;
}

/**
 * Reads the word vectors of what gensim saved: `KeyedVectors`, `Word2Vec`, `FastText` (vectors of whole words), of versions 1 to 4. The pickle is
 * read as data; nothing in it is run, whatever it says.
 *
 * @param file all of its bytes
 * @throws {SyntaxError} if the file is broken or holds no vectors; the message names it and the byte
 */
export async function readGensim(file: Uint8Array, options: ReadGensimOptions = {}): Promise<WordVectors> {
  const { source = 'the file', sibling } = options;
  const refuse = refuseFor('readGensim', source);
  const root = attributesOf(readPickle(file, refuse));
  if (!root) throw refuse(0, 'the pickle must hold an object of gensim');
  const inner = attributesOf(root.get('wv'));
  const [attributes, prefix] = inner ? [inner, '.wv'] : [root, ''];
  const names =
    attributes.get('index_to_key') ?? attributes.get('index2word') ?? attributes.get('index2entity');
  if (!Array.isArray(names)) throw refuse(0, 'the pickle must hold a list of words, index_to_key');
  const words = names.map((name, row) => {
    if (typeof name === 'string' || typeof name === 'number') return String(name);
    throw refuse(0, `word ${row + 1} must be a string`);
  });
  const find = matrixFinder(attributes, prefix, sibling, source, refuse);
  const matrix =
    (await find('vectors')) ??
    (await find('syn0')) ??
    (await composeVectors(find, attributes, words, refuse));
  if (!matrix) throw refuse(0, 'the pickle must hold vectors of float32 or float64, it has none');
  const { rows, columns, table } = matrix;
  // Models that were meant to grow have room for more rows.
  if (rows < words.length || columns < 1) {
    throw refuse(
      0,
      `the vectors must be as many as the words, got ${rows} × ${columns} for ${words.length} words`,
    );
  }
  if (new Set(words).size < words.length)
    throw refuse(0, 'the words must differ, one of them is there twice');
  return selectRows(new WordVectors(words, table.subarray(0, words.length * columns), columns), options);
}

/** A matrix of the object, in the pickle or beside it; undefined if it has none of that name. */
type FindMatrix = (name: string) => Promise<NumpyMatrix | undefined>;

function matrixFinder(
  attributes: ReadonlyMap<PickleValue, PickleValue>,
  prefix: string,
  sibling: ReadGensimOptions['sibling'],
  source: string,
  refuse: RefuseAt,
): FindMatrix {
  const apart = attributes.get('__numpys');
  return async (name) => {
    const matrix = matrixOfPickle(attributes.get(name), refuse);
    if (matrix || !Array.isArray(apart) || !apart.includes(name)) return matrix;
    const suffix = `${prefix}.${name}.npy`;
    if (!sibling) throw refuse(0, `the vectors are in ${source}${suffix}, a sibling must give it`);
    return readNpy(await sibling(suffix), refuseFor('readGensim', `${source}${suffix}`));
  };
}

/**
 * The vectors of words of a FastText model, which it saves without: each the mean of the word's own and those of its n-grams of characters.
 */
async function composeVectors(
  find: FindMatrix,
  attributes: ReadonlyMap<PickleValue, PickleValue>,
  words: readonly string[],
  refuse: RefuseAt,
): Promise<NumpyMatrix | undefined> {
  const [own, ngrams] = [await find('vectors_vocab'), await find('vectors_ngrams')];
  if (!own || !ngrams) return undefined;
  const [minn, maxn, bucket] = ['min_n', 'max_n', 'bucket'].map((name) => attributes.get(name));
  if (typeof minn !== 'number' || typeof maxn !== 'number' || bucket !== ngrams.rows) {
    throw refuse(0, 'a FastText model must have min_n, max_n and as many n-gram vectors as its bucket');
  }
  if (own.rows < words.length || own.columns !== ngrams.columns) {
    throw refuse(0, 'the vectors of words and of n-grams must fit each other');
  }
  const { columns, table } = own;
  const encoder = new TextEncoder();
  for (const [row, word] of words.entries()) {
    const rows = subwordBuckets(encoder.encode(word), { minn, maxn, bucket: ngrams.rows });
    for (let at = 0; at < columns; at++) {
      let sum = table[row * columns + at]!;
      for (const ngram of rows) sum += ngrams.table[ngram * columns + at]!;
      table[row * columns + at] = sum / (rows.length + 1);
    }
  }
  return own;
}

function attributesOf(value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> | undefined {
  return value instanceof PickleInstance && value.state instanceof Map ? value.state : undefined;
}
