import type { Value } from '../graph/graph.ts';
import type { SampleSizes } from './sample-sizes.ts';
import { evaluate, fitPolynomial, type SizePolynomial } from './size-polynomial.ts';

/** What one value is in the graph of each sample. */
export type Tuple = readonly Value[];

/** What samples of a program have in common. */
export class SizeAgreement {
  readonly #samples: SampleSizes;

  constructor(samples: SampleSizes) {
    this.#samples = samples;
  }

  /** The sizes of a value. @param place for messages */
  shape(tuple: Tuple, place: string): SizePolynomial[] {
    const [first] = tuple as [Value];
    if (tuple.some(({ shape }) => shape.length !== first.shape.length)) this.differAt(place);
    return first.shape.map((_, axis) =>
      this.integers(
        tuple.map(({ shape }) => shape[axis]!),
        place,
      ),
    );
  }

  /** Integers that are sums of products of sizes. */
  integers(numbers: readonly number[], place: string): SizePolynomial {
    const polynomial = this.fit(numbers, 0);
    if (!polynomial || [...polynomial.values()].some((factor) => !Number.isInteger(factor))) {
      return this.refuse(`a size of ${place} is ${numbers.join(', ')}`);
    }
    return polynomial;
  }

  /** What has these values at all samples, up to a relative error. */
  fit(numbers: readonly number[], tolerance: number): SizePolynomial | undefined {
    const { pairs, samples } = this.#samples;
    const polynomial = fitPolynomial(numbers.slice(0, 2 ** pairs.length), pairs);
    const fits = samples.every((sizes, index) => {
      const number = numbers[index]!;
      return Math.abs(evaluate(polynomial, sizes) - number) <= tolerance * Math.abs(number);
    });
    return fits ? polynomial : undefined;
  }

  differAt(place: string): never {
    return this.refuse(`the operands of ${place} come from elsewhere`);
  }

  /** @throws {Error} always */
  refuse(
    difference: string,
    advice = 'Export it with fixed sizes, or with other ranges of the dimensions.',
  ): never {
    const sizes = this.#samples.samples.map((sample) => JSON.stringify(sample)).join(', ');
    throw new Error(
      `exportOnnx: the program must do the same at all sizes, but at ${sizes} ${difference}. ${advice}`,
    );
  }
}
