import type { SharingRule } from '../smoothing/sharing-rule.ts';
import { BlockReader, BlockWriter } from './block-file.ts';
import type { RunMerger } from './merge-runs.ts';
import type { RunStorage } from './run-storage.ts';
import type { Scatter } from './scatter.ts';
import { compareKeys } from './sort-records.ts';
import { countedFormat, PRUNED } from './suffix-order-pass.ts';

/** N-grams of an order, packed, in the order of their words. */
export const ngramsName = (order: number): string => `ngrams-${order}`;
/** The base-10 logarithms of their probabilities. */
export const probabilitiesName = (order: number): string => `probabilities-${order}`;
/** The base-10 logarithms of their back-off weights. */
export const backoffsName = (order: number): string => `backoffs-${order}`;

/** Options of {@link runSharePass}. */
export interface SharePassOptions {
  readonly storage: RunStorage;
  readonly order: number;
  readonly vocabSize: number;
  readonly bits: number;
  readonly rule: SharingRule;
  readonly fixedBackoff: number | undefined;
  /** Gets the share, the weight of the shorter context and the place in the model of each n-gram that stays. */
  readonly scatter: Scatter<Float64Array>;
  readonly blockLength: number;
}

/**
 * Goes once through the n-grams of an order in the order of their words, where those with the same context stand together: adds up their counts, and
 * gives each its share. Writes the n-grams that stay, and the back-off weights of the order below.
 *
 * @returns how many n-grams stay
 */
export async function* runSharePass(
  merger: RunMerger,
  { storage, order, vocabSize, bits, rule, fixedBackoff, scatter, blockLength }: SharePassOptions,
): AsyncGenerator<number, number> {
  const { keyWords } = countedFormat(bits, order);
  const contexts = await ContextList.open(storage, order - 1, { vocabSize, bits, blockLength });
  const ngrams = await BlockWriter.create(storage, ngramsName(order), Uint32Array, blockLength);
  const backoffs = await BlockWriter.create(storage, backoffsName(order - 1), Float32Array, blockLength);
  const emptyBackoff = Math.log10(fixedBackoff ?? 1);
  const isSameContext = contextComparison(bits, order);

  /** The n-grams of the context at hand. */
  let keys = new Uint32Array(64 * keyWords);
  let counts = new Float64Array(64);
  let places = new Float64Array(64);
  let size = 0;
  let kept = 0;
  let done = 0;
  try {
    while (merger.next()) {
      const { block, at } = merger;
      if (size > 0 && !isSameContext(keys, 0, block, at)) endContext();
      if (size === counts.length) {
        keys = grown(keys, new Uint32Array(2 * keys.length));
        counts = grown(counts, new Float64Array(2 * size));
        places = grown(places, new Float64Array(2 * size));
      }
      for (let word = 0; word < keyWords; word++) keys[size * keyWords + word] = block[at + word]!;
      counts[size] = block[at + keyWords]!;
      places[size] = block[at + keyWords + 1]!;
      size++;
      if ((++done & STEP_MASK) === 0) yield done;
    }
    if (size > 0) endContext();
    while (contexts.next()) backoffs.push(emptyBackoff);
    await ngrams.close();
    await backoffs.close();
    await scatter.close();
  } catch (error) {
    await ngrams.discard();
    await backoffs.discard();
    await scatter.discard();
    throw error;
  } finally {
    contexts.close();
  }
  return kept;

  function endContext(): void {
    const types: [number, number, number] = [0, 0, 0];
    let total = 0;
    let prunedTotal = 0;
    for (let index = 0; index < size; index++) {
      const count = counts[index]!;
      total += count;
      if (places[index]! >= PRUNED) prunedTotal += count;
      else types[Math.min(count, 3) - 1]!++;
    }
    const totals = { total, prunedTotal, types };
    const weight = fixedBackoff === undefined ? rule.lowerWeight(totals) : 0;
    // The context has a weight if it is in the model; those before it that nothing follows have none.
    while (contexts.isBefore(keys)) {
      backoffs.push(emptyBackoff);
      contexts.next();
    }
    if (contexts.isAt(keys)) {
      backoffs.push(Math.log10(fixedBackoff ?? weight));
      contexts.next();
    }
    for (let index = 0; index < size; index++) {
      const place = places[index]!;
      if (place >= PRUNED) continue;
      scatter.put(place, rule.share(counts[index]!, totals), weight, kept++);
      ngrams.append(keys, index * keyWords, keyWords);
    }
    size = 0;
  }
}

/** The n-grams of an order in the model, one after the other; unigrams are all words. */
class ContextList {
  readonly #reader: BlockReader<Uint32Array> | undefined;
  readonly #keyWords: number;
  readonly #mask: number;
  readonly #vocabSize: number;
  readonly #bits: number;
  #word = 0;
  /** The key begins here in the reader's block. */
  #hasKey = false;
  readonly #begin = new Uint32Array(256);

  private constructor(
    reader: BlockReader<Uint32Array> | undefined,
    order: number,
    { vocabSize, bits }: { vocabSize: number; bits: number },
  ) {
    this.#reader = reader;
    this.#keyWords = Math.ceil((bits * order) / 32);
    this.#mask = -1 << (this.#keyWords * 32 - bits * order);
    this.#vocabSize = vocabSize;
    this.#bits = bits;
    this.#hasKey = reader ? reader.fill() : true;
  }

  static async open(
    storage: RunStorage,
    order: number,
    { vocabSize, bits, blockLength }: { vocabSize: number; bits: number; blockLength: number },
  ): Promise<ContextList> {
    if (order === 1) return new ContextList(undefined, order, { vocabSize, bits });
    const keyWords = Math.ceil((bits * order) / 32);
    const length = Math.max(1, Math.floor(blockLength / keyWords)) * keyWords;
    const reader = await BlockReader.open(storage, ngramsName(order), Uint32Array, length);
    return new ContextList(reader, order, { vocabSize, bits });
  }

  /** Goes on; says whether there was an n-gram. */
  next(): boolean {
    if (!this.#hasKey) return false;
    if (!this.#reader) {
      this.#hasKey = ++this.#word < this.#vocabSize;
      return true;
    }
    this.#reader.at += this.#keyWords;
    this.#hasKey = this.#reader.at < this.#reader.end || this.#reader.fill();
    return true;
  }

  /** Whether it comes before the context of an n-gram. */
  isBefore(ngram: Uint32Array): boolean {
    return this.#hasKey && this.#compare(ngram) < 0;
  }

  isAt(ngram: Uint32Array): boolean {
    return this.#hasKey && this.#compare(ngram) === 0;
  }

  close(): void {
    this.#reader?.close();
  }

  #compare(ngram: Uint32Array): number {
    if (!this.#reader) return this.#word + 1 - (ngram[0]! >>> (32 - this.#bits));
    const last = this.#keyWords - 1;
    for (let word = 0; word < last; word++) this.#begin[word] = ngram[word]!;
    this.#begin[last] = ngram[last]! & this.#mask;
    return compareKeys(this.#reader.block, this.#reader.at, this.#begin, 0, this.#keyWords);
  }
}

/** Compares packed n-grams but for their last words. */
function contextComparison(
  bits: number,
  order: number,
): (a: Uint32Array, atA: number, b: Uint32Array, atB: number) => boolean {
  const contextBits = bits * (order - 1);
  const whole = contextBits >>> 5;
  const rest = contextBits & 31;
  const mask = rest === 0 ? 0 : -1 << (32 - rest);
  return (a, atA, b, atB) => {
    for (let word = 0; word < whole; word++) if (a[atA + word] !== b[atB + word]) return false;
    return mask === 0 || ((a[atA + whole]! ^ b[atB + whole]!) & mask) === 0;
  };
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

const STEP_MASK = (1 << 15) - 1;
