import type { Value } from '../graph/graph.ts';
import type { SampleSizes } from './sample-sizes.ts';
import { evaluate, fitPolynomial, roundPolynomial, type SizePolynomial } from './size-polynomial.ts';

/** What one value is in the graph of each sample. */
export type Tuple = readonly Value[];

/** A few roundings of a number in single precision. */
const SINGLE_PRECISION = 5e-7;

/** What samples of a program have in common. */
export class SizeAgreement {
  readonly #caller: string;
  readonly #samples: SampleSizes;

  /** @param caller for messages */
  constructor(caller: string, samples: SampleSizes) {
    this.#caller = caller;
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
    const fits = (polynomial: SizePolynomial, tolerance: number): boolean =>
      samples.every((sizes, index) => {
        const number = numbers[index]!;
        return Math.abs(evaluate(polynomial, sizes) - number) <= tolerance * Math.abs(number);
      });
    const polynomial = fitPolynomial(numbers.slice(0, 2 ** pairs.length), pairs);
    const rounded = roundPolynomial(polynomial);
    if (fits(rounded, Math.min(tolerance, SINGLE_PRECISION))) return rounded;
    return fits(polynomial, tolerance) ? polynomial : undefined;
  }

  differAt(place: string): never {
    return this.refuse(`the operands of ${place} come from elsewhere`);
  }

  /** @throws {Error} always */
  refuse(difference: string, advice = 'Use fixed sizes, or other ranges of the dimensions.'): never {
    const sizes = this.#samples.samples.map((sample) => JSON.stringify(sample)).join(', ');
    throw new Error(
      `${this.#caller}: the program must do the same at all sizes, but at ${sizes} ${difference}. ${advice}`,
    );
  }
}
