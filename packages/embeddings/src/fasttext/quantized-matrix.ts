import { CENTERS, type ProductQuantizer } from '../quantization/product-quantizer.ts';
import type { RowMatrix } from './row-matrix.ts';

const { fround } = Math;

/**
 * Rows as a byte for each part, and their lengths as one more.
 *
 * @see Joulin et al. 2016, "FastText.zip: compressing text classification models", §3.1
 */
export class QuantizedMatrix implements RowMatrix {
  readonly rowCount: number;
  readonly size: number;
  /** `[rowCount, partCount]` */
  readonly codes: Uint8Array;
  readonly quantizer: ProductQuantizer;
  /** Of lengths; undefined where rows were not scaled to length one. */
  readonly norms: { readonly codes: Uint8Array; readonly quantizer: ProductQuantizer } | undefined;

  constructor(
    rowCount: number,
    codes: Uint8Array,
    quantizer: ProductQuantizer,
    norms?: { readonly codes: Uint8Array; readonly quantizer: ProductQuantizer },
  ) {
    this.rowCount = rowCount;
    this.size = quantizer.dim;
    this.codes = codes;
    this.quantizer = quantizer;
    this.norms = norms;
  }

  addRow(row: number, target: Float32Array): void {
    const norm = this.#normOf(row);
    const { codes, size } = this;
    const { partCount, partSize, lastPartSize, centroids } = this.quantizer;
    for (let part = 0, at = 0; at < size; part++) {
      const width = part === partCount - 1 ? lastPartSize : partSize;
      const center = part * CENTERS * partSize + codes[row * partCount + part]! * width;
      for (let within = 0; within < width; within++, at++) {
        target[at]! += fround(norm * centroids[center + within]!);
      }
    }
  }

  dotRow(row: number, vector: Float32Array): number {
    const { codes, size } = this;
    const { partCount, partSize, lastPartSize, centroids } = this.quantizer;
    let sum = 0;
    for (let part = 0, at = 0; at < size; part++) {
      const width = part === partCount - 1 ? lastPartSize : partSize;
      const center = part * CENTERS * partSize + codes[row * partCount + part]! * width;
      for (let within = 0; within < width; within++, at++) {
        sum = fround(sum + fround(centroids[center + within]! * vector[at]!));
      }
    }
    return fround(sum * this.#normOf(row));
  }

  #normOf(row: number): number {
    const { norms } = this;
    return norms ? norms.quantizer.centroids[norms.codes[row]! * norms.quantizer.lastPartSize]! : 1;
  }
}
