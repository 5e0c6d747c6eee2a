import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { isFixed, namesIn, type SizePolynomial } from './size-polynomial.ts';

/** Where named sizes can be read: axes of inputs. */
export type SizeSources = ReadonlyMap<string, { readonly input: string; readonly axis: number }>;

/** Computes sizes in the graph, each once. */
export class SizeValues {
  readonly #builder: GraphBuilder;
  readonly #inputs: ReadonlyMap<string, Value>;
  readonly #sources: SizeSources;
  readonly #products = new Map<string, Value>();
  readonly #sums = new Map<string, Value>();

  constructor(builder: GraphBuilder, inputs: readonly Value[], sources: SizeSources) {
    this.#builder = builder;
    this.#inputs = new Map(inputs.map((input) => [(input.source as { name: string }).name, input]));
    this.#sources = sources;
  }

  /** Integers `[length]`, such as a shape. */
  vector(elements: readonly SizePolynomial[]): Value {
    const parts: Value[] = [];
    let fixed: number[] = [];
    const flush = (): void => {
      if (fixed.length > 0) parts.push(this.#builder.integers(fixed));
      fixed = [];
    };
    for (const element of elements) {
      if (isFixed(element)) {
        fixed.push(element.get('') ?? 0);
        continue;
      }
      flush();
      parts.push(this.integer(element));
    }
    flush();
    if (parts.length === 1) return parts[0]!;
    return this.#builder.node('Concat', parts, { shape: [elements.length], dtype: 'int64' }, { axis: 0 });
  }

  /** One integer, `[1]`. */
  integer(polynomial: SizePolynomial): Value {
    return this.#sum(polynomial, 'int64');
  }

  /** One float32, `[1]`. */
  float(polynomial: SizePolynomial): Value {
    return this.#sum(polynomial, 'float32');
  }

  #sum(polynomial: SizePolynomial, dtype: 'int64' | 'float32'): Value {
    const key = `${dtype}${[...polynomial].join(';')}`;
    const known = this.#sums.get(key);
    if (known) return known;
    const operate = (operator: string, a: Value, b: Value): Value =>
      this.#builder.node(operator, [a, b], { shape: [1], dtype });
    const number = (value: number): Value =>
      dtype === 'int64' ? this.#builder.integers([value]) : this.#builder.uniform(value, [1]);
    let sum: Value | undefined;
    for (const [names, factor] of polynomial) {
      if (factor === 0) continue;
      let term = number(factor);
      if (names !== '') {
        const product = this.#product(names);
        const typed = dtype === 'int64' ? product : this.#builder.node('Cast', [product], { shape: [1] });
        term = factor === 1 ? typed : operate('Mul', typed, term);
      }
      sum = sum ? operate('Add', sum, term) : term;
    }
    const result = sum ?? number(0);
    this.#sums.set(key, result);
    return result;
  }

  #product(names: string): Value {
    const known = this.#products.get(names);
    if (known) return known;
    const [first, ...rest] = namesIn(names);
    const integer = { shape: [1], dtype: 'int64' } as const;
    const result =
      rest.length > 0
        ? this.#builder.node('Mul', [this.#product(first!), this.#product(rest.join('*'))], integer)
        : this.#size(first!);
    this.#products.set(names, result);
    return result;
  }

  #size(name: string): Value {
    const { input: inputName, axis } = this.#sources.get(name)!;
    const input = this.#inputs.get(inputName)!;
    const shape = this.#builder.node('Shape', [input], { shape: [input.shape.length], dtype: 'int64' });
    const bounds = [axis, axis + 1].map((bound) => this.#builder.integers([bound]));
    return this.#builder.node('Slice', [shape, ...bounds], { shape: [1], dtype: 'int64' });
  }
}
