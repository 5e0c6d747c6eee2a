import { describeValue } from '../describe-value.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import type { VectorFormat } from './detect-format.ts';
import { writeSafetensors } from './safetensors-format.ts';

/** Options of {@link writeWordVectors}. */
export interface WriteWordVectorsOptions {
  /** Default `word2vec`. */
  readonly format?: VectorFormat;
  /** What stands for a space in a word, for formats that spaces end words in. Default none: such words are refused. */
  readonly space?: string;
}

/** Bytes, about, that are given at once. */
const PART = 1 << 18;

/**
 * Words and their vectors as a file, in parts: what `Blob`, `Response` and files take.
 *
 * Numbers are written in the fewest digits that give the same float32.
 *
 * @throws {RangeError} if the format cannot hold one of the words
 */
export function* writeWordVectors(
  vectors: WordVectors,
  { format = 'word2vec', space }: WriteWordVectorsOptions = {},
): Generator<Uint8Array<ArrayBuffer>> {
  if (format === 'safetensors') return yield* writeSafetensors(vectors);
  const unfit = format === 'glove' ? /[\n\r\t]|^ | $|^$/ : /[\s]|^$/;
  const { size } = vectors;
  const nameOf = (word: string): string => {
    const name = space === undefined ? word : word.replaceAll(' ', space);
    if (!unfit.test(name)) return name;
    throw new RangeError(
      `writeWordVectors: words must have no ${format === 'glove' ? 'line ends' : 'white space'} in the format ${format}, ` +
        `got ${describeValue(word)}. Give a space, such as "_", or write safetensors.`,
    );
  };
  if (format === 'word2vec-binary') yield* writeBinary(vectors, nameOf);
  else if (format === 'word2vec' || format === 'glove') {
    let text = format === 'word2vec' ? `${vectors.words.length} ${size}\n` : '';
    const encoder = new TextEncoder();
    for (const [row, word] of vectors.words.entries()) {
      text += nameOf(word);
      for (let at = row * size; at < (row + 1) * size; at++) text += ` ${shortest(vectors.table[at]!)}`;
      text += '\n';
      if (text.length < PART) continue;
      yield encoder.encode(text);
      text = '';
    }
    yield encoder.encode(text);
  } else {
    throw new RangeError(`writeWordVectors: format must be a known one, got ${describeValue(format)}.`);
  }
}

/** As word2vec.c does it, with a newline after each vector. */
function* writeBinary(
  { words, table, size }: WordVectors,
  nameOf: (word: string) => string,
): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  yield encoder.encode(`${words.length} ${size}\n`);
  const rowsAtOnce = Math.max(1, Math.floor(PART / (4 * size)));
  for (let first = 0; first < words.length; first += rowsAtOnce) {
    const names = words.slice(first, first + rowsAtOnce).map((word) => encoder.encode(`${nameOf(word)} `));
    const bytes = new Uint8Array(names.reduce((sum, { length }) => sum + length + 4 * size + 1, 0));
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const [index, name] of names.entries()) {
      bytes.set(name, at);
      at += name.length;
      const row = (first + index) * size;
      for (let column = 0; column < size; column++, at += 4) view.setFloat32(at, table[row + column]!, true);
      bytes[at++] = 0x0a;
    }
    yield bytes;
  }
}

/** A float32 in the fewest digits that give it again. */
function shortest(value: number): string {
  for (let digits = 7; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}
