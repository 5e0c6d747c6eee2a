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
  const { rows, columns, table } = await findVectors(attributes, prefix, sibling, source, refuse);
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

async function findVectors(
  attributes: ReadonlyMap<PickleValue, PickleValue>,
  prefix: string,
  sibling: ReadGensimOptions['sibling'],
  source: string,
  refuse: RefuseAt,
): Promise<NumpyMatrix> {
  const apart = attributes.get('__numpys');
  for (const name of ['vectors', 'syn0']) {
    const matrix = matrixOfPickle(attributes.get(name), refuse);
    if (matrix) return matrix;
    if (!Array.isArray(apart) || !apart.includes(name)) continue;
    const suffix = `${prefix}.${name}.npy`;
    if (!sibling) throw refuse(0, `the vectors are in ${source}${suffix}, a sibling must give it`);
    return readNpy(await sibling(suffix), refuseFor('readGensim', `${source}${suffix}`));
  }
  throw refuse(0, 'the pickle must hold vectors of float32 or float64, it has none');
}

function attributesOf(value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> | undefined {
  return value instanceof PickleInstance && value.state instanceof Map ? value.state : undefined;
}
