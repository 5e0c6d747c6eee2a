import {
  ExactIndex,
  type FastTextModel,
  InvertedIndex,
  mostSimilar,
  type Prediction,
  ProductIndex,
  rangeAccess,
  readFastText,
  readWordVectors,
  type TrainClassifierOptions,
  type TrainGloveOptions,
  type TrainWordVectorsOptions,
  trainClassifier,
  trainGlove,
  trainWordVectors,
  VectorFile,
} from '../../src/index.ts';

/** What a page finds, in numbers that Node must find too. */
export interface PageAnswer {
  readonly words: readonly string[];
  readonly similar: readonly { word: string; similarity: number }[];
  readonly exact: readonly number[];
  readonly product: readonly number[];
  readonly inverted: readonly number[];
}

/** Reads a packed file of this origin, in parts as they come, and searches it in every way. */
export async function answer(parts: ReadableStream<Uint8Array> | Uint8Array): Promise<PageAnswer> {
  const vectors = await readWordVectors(parts);
  const query = vectors.vectorOf(vectors.words[3]!);
  const rows = (index: { search(query: Float32Array, count: number): { rows: Int32Array } }) =>
    Array.from(index.search(query, 10).rows);
  return {
    words: vectors.words,
    similar: mostSimilar(vectors, [vectors.words[3]!, vectors.words[8]!], { negative: [vectors.words[5]!] }),
    exact: rows(new ExactIndex(vectors)),
    product: rows(await ProductIndex.build(vectors)),
    inverted: rows(await InvertedIndex.build(vectors)),
  };
}

/** The vectors of some words of a file that is served in ranges, and how many bytes were asked for. */
async function openRanges(path: string, words: readonly string[]) {
  const access = await rangeAccess(new URL(path, location.href));
  let bytes = 0;
  const file = await VectorFile.open({
    ...access,
    read(begin, end) {
      bytes += end - begin;
      return access.read(begin, end);
    },
  });
  const some = await file.vectorsOf(words);
  return { words: some.words, table: Array.from(some.table), bytes, fileSize: access.size };
}

/** The last number of each vector that training gives, and what it made of the loss. */
export async function train(
  sentences: readonly string[],
  options: TrainWordVectorsOptions,
): Promise<{ numbers: number[]; losses: number[] }> {
  const losses: number[] = [];
  for await (const event of trainWordVectors(sentences, options)) {
    if (event.type === 'epoch-end') losses.push(event.loss);
    if (event.type !== 'training-end') continue;
    const { words, size, table } = event.model.vectors;
    return { numbers: words.map((_, row) => table[(row + 1) * size - 1]!), losses };
  }
  throw new Error('training must end');
}

/** All numbers of the vectors that GloVe's training gives. */
export async function trainByGlove(
  sentences: readonly string[],
  options: TrainGloveOptions,
): Promise<number[]> {
  for await (const event of trainGlove(sentences, options)) {
    if (event.type === 'training-end') return Array.from(event.model.vectors.table);
  }
  throw new Error('training must end');
}

/** Labels and probabilities that a model of fastText gives. */
export function classify(bytes: Uint8Array, texts: readonly string[]): Prediction[][] {
  const model = readFastText(bytes);
  return predictAll(model, texts);
}

/** To digits that exponentials of all machines share. */
function predictAll(model: FastTextModel, texts: readonly string[]): Prediction[][] {
  return texts.map((text) =>
    model
      .predict(text, { count: 3 })
      .map(({ label, probability }) => ({ label, probability: Number(probability.toPrecision(12)) })),
  );
}

/** The same of a model that is trained on the way. */
export async function trainAndClassify(
  lines: readonly string[],
  texts: readonly string[],
  options: TrainClassifierOptions,
): Promise<Prediction[][]> {
  for await (const event of trainClassifier(lines, options)) {
    if (event.type === 'training-end') return predictAll(event.model, texts);
  }
  throw new Error('training must end');
}

if (typeof location !== 'undefined') {
  const classifyFile = async (path: string, texts: readonly string[]) =>
    classify(new Uint8Array(await (await fetch(path)).arrayBuffer()), texts);
  const answerFile = async (path: string) => answer((await fetch(path)).body!);
  Object.assign(globalThis, { answerFile, classifyFile, trainAndClassify, openRanges, train, trainByGlove });
}
