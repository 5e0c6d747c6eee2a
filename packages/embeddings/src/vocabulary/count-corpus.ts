import { IdBlocks } from './id-blocks.ts';
import { readSentences, requireWord, runsOnce, type Sentences } from './sentences.ts';

/** Words of a corpus in order of appearance, and, if it fits the memory, the corpus in their numbers. */
export interface CountedCorpus {
  readonly sentences: number;
  readonly words: readonly string[];
  /** By number. */
  readonly counts: readonly number[];
  /** Undefined if there are more ids than memory may take. */
  readonly blocks: readonly Int32Array[] | undefined;
}

/** Reads a corpus once, counts its words, and keeps it in numbers, as long as those are at most `maxIds`. */
export async function countCorpus(
  sentences: Sentences,
  { maxIds, caller, signal }: { maxIds: number; caller: string; signal?: AbortSignal | undefined },
): Promise<CountedCorpus> {
  const numbers = new Map<string, number>();
  const words: string[] = [];
  const counts: number[] = [];
  let blocks: Int32Array[] | undefined = [];
  let ids = 0;
  let read = 0;
  const packer = new IdBlocks();
  for await (const part of readSentences(sentences, caller, signal)) {
    for (const sentence of part) {
      for (const word of sentence) {
        let number = numbers.get(word);
        if (number === undefined) {
          requireWord(word, caller);
          number = words.length;
          if (number === MOST_WORDS) {
            throw new RangeError(
              `${caller}: the corpus must have at most ${MOST_WORDS} different words. Replace rare ones, such as numbers.`,
            );
          }
          numbers.set(word, number);
          words.push(word);
          counts.push(0);
        }
        counts[number]!++;
        if (blocks) packer.push(number, ~read);
      }
      if (blocks) packer.endSentence(~read);
      read++;
    }
    if (!blocks) continue;
    for (const block of packer.takeFull()) {
      blocks.push(block);
      ids += block.length;
    }
    if (ids > maxIds) {
      if (runsOnce(sentences)) {
        throw new RangeError(
          `${caller}: the corpus must be readable again, as it has more than ${maxIds} words, but it is an iterator that runs once. ` +
            'Give an object that starts over at each iteration, or a larger maxCachedWords.',
        );
      }
      blocks = undefined;
    }
  }
  return { sentences: read, words, counts, blocks: blocks && [...blocks, ...packer.takeRest()] };
}

/** Blocks of numbers as blocks of rows; words without a row are left out, as if they had not been written. */
export function* renumberBlocks(blocks: Iterable<Int32Array>, rows: Int32Array): Generator<Int32Array> {
  const packer = new IdBlocks();
  for (const block of blocks) {
    for (const id of block) {
      if (id < 0) packer.endSentence(id);
      else if (rows[id]! >= 0) packer.push(rows[id]!);
    }
    yield* packer.takeFull();
  }
  yield* packer.takeRest();
}

/** A corpus in rows, read anew. */
export async function* encodeBlocks(
  sentences: Sentences,
  rowOf: (word: string) => number | undefined,
  { caller, signal }: { caller: string; signal?: AbortSignal | undefined },
): AsyncGenerator<Int32Array, void, void> {
  const packer = new IdBlocks();
  let read = 0;
  for await (const part of readSentences(sentences, caller, signal)) {
    for (const sentence of part) {
      for (const word of sentence) {
        const row = rowOf(word);
        if (row !== undefined) packer.push(row, ~read);
      }
      packer.endSentence(~read);
      read++;
    }
    yield* packer.takeFull();
  }
  yield* packer.takeRest();
}

/** What a Map holds in V8. */
const MOST_WORDS = 2 ** 24 - 1;
