import { type TensorData, tensorData } from '@wordloom/compile';
import type { GptConfig } from '../gpt/gpt-config.ts';

/** Sizes a cache may have: few, since each is compiled once. */
const SMALLEST = 64;
const GROWTH = 4;
/** Added to the scores of rows that hold nothing: its exponential is zero. */
const ABSENT = -1e9;

/**
 * The keys and values of the tokens so far, layer by layer, in arrays with room for more: the graph of a decoding step
 * reads them where they are, and one row a layer is written after each step.
 */
export class KeyValueCache {
  readonly #config: Required<GptConfig>;
  #capacity = 0;
  #length = 0;
  #tensors: Record<string, TensorData> = {};

  constructor(config: Required<GptConfig>) {
    this.#config = config;
  }

  /** Tokens in the cache. */
  get length(): number {
    return this.#length;
  }

  /**
   * `k.0`, `v.0`, …: float32 `[1, headCount, capacity, size]`; `mask`: `[capacity]`, what is added to the scores of each
   * row. The arrays stay the same until the cache grows.
   */
  get tensors(): Readonly<Record<string, TensorData>> {
    return this.#tensors;
  }

  /** Makes room for one more token at least; what is in the cache stays. */
  reserve(length: number): void {
    if (length <= this.#capacity) return;
    const { contextLength, layerCount, headCount, embeddingSize } = this.#config;
    let capacity = SMALLEST;
    while (capacity < length) capacity *= GROWTH;
    capacity = Math.min(capacity, contextLength);
    const size = embeddingSize / headCount;
    const shape = [1, headCount, capacity, size];
    const grown: Record<string, TensorData> = {};
    for (let layer = 0; layer < layerCount; layer++) {
      for (const name of [`k.${layer}`, `v.${layer}`]) {
        const data = new Float32Array(headCount * capacity * size);
        const old = this.#tensors[name];
        if (old) copyRows(old.data as Float32Array, data, { headCount, size, rows: this.#length });
        grown[name] = tensorData(data, shape);
      }
    }
    const mask = new Float32Array(capacity).fill(ABSENT).fill(0, 0, this.#length);
    grown.mask = tensorData(mask, [capacity]);
    this.#tensors = grown;
    this.#capacity = capacity;
  }

  /**
   * Replaces the contents by the first `length` rows of what the prompt's pass computed.
   *
   * @param computed `k.0`, `v.0`, …: `[1, headCount, at least length, size]`
   */
  fill(computed: Readonly<Record<string, TensorData>>, length: number): void {
    this.#length = 0;
    this.reserve(length);
    const { headCount, embeddingSize } = this.#config;
    for (const [name, { data }] of Object.entries(this.#tensors)) {
      if (name === 'mask') continue;
      copyRows(computed[name]!.data as Float32Array, data as Float32Array, {
        headCount,
        size: embeddingSize / headCount,
        rows: length,
      });
    }
    this.#length = length;
    this.#tensors.mask!.data.fill(ABSENT).fill(0, 0, length);
  }

  /**
   * Adds one token.
   *
   * @param rows `[2 · layerCount, headCount, 1, size]`: key and value of layer 0, of layer 1, …
   */
  append({ data: rows }: TensorData): void {
    const { layerCount, headCount, embeddingSize } = this.#config;
    const size = embeddingSize / headCount;
    let offset = 0;
    for (let layer = 0; layer < layerCount; layer++) {
      for (const name of [`k.${layer}`, `v.${layer}`]) {
        const { data } = this.#tensors[name]!;
        for (let head = 0; head < headCount; head++, offset += size) {
          const row = rows.subarray(offset, offset + size) as Float32Array;
          (data as Float32Array).set(row, (head * this.#capacity + this.#length) * size);
        }
      }
    }
    this.#tensors.mask!.data[this.#length] = 0;
    this.#length++;
  }
}

/** Copies the first rows of each head between arrays `[headCount, capacity, size]` of different capacities. */
function copyRows(
  from: Float32Array,
  to: Float32Array,
  { headCount, size, rows }: { headCount: number; size: number; rows: number },
): void {
  for (let head = 0; head < headCount; head++) {
    const start = head * (from.length / headCount);
    to.set(from.subarray(start, start + rows * size), head * (to.length / headCount));
  }
}
