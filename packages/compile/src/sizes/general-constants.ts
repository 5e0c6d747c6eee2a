import { type ConstantArray, type Source, sameShape, type Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { sizeOf } from '../tensor-data.ts';
import type { ConstantTables } from './constant-tables.ts';
import type { SizeAgreement, Tuple } from './size-agreement.ts';
import { describePolynomial, isFixed, namesIn } from './size-polynomial.ts';
import type { SizeValues } from './size-values.ts';

/** Integers of more elements are tables, not shapes or places. */
const FEW = 64;

/** Makes one value out of the constants that stand in one place at several sizes. */
export class GeneralConstants {
  readonly #builder: GraphBuilder;
  readonly #sizes: SizeValues;
  readonly #agreement: SizeAgreement;
  readonly #bounded: ReadonlySet<string>;
  readonly #tables: ConstantTables;

  /** @param bounded the names that have a largest size */
  constructor(
    builder: GraphBuilder,
    sizes: SizeValues,
    agreement: SizeAgreement,
    bounded: ReadonlySet<string>,
    tables: ConstantTables,
  ) {
    this.#builder = builder;
    this.#sizes = sizes;
    this.#agreement = agreement;
    this.#bounded = bounded;
    this.#tables = tables;
  }

  /** Constants whose elements are all one number. @param place for messages */
  uniform(tuple: Tuple, place: string): Value {
    const [first] = tuple as [Value];
    const numbers = tuple.map(({ source }) => (source as { value: number }).value);
    const shape = this.#agreement.shape(tuple, place);
    const isSame = numbers.every((number) => Object.is(number, numbers[0]));
    if (isSame && shape.every(isFixed)) return first;
    const number = isSame
      ? this.#builder.uniform(numbers[0]!, [], first.dtype)
      : this.#number(numbers, first.dtype, place);
    return shape.length === 0 && !isSame
      ? this.#builder.node('Reshape', [number, this.#builder.integers([])], first)
      : this.#builder.node('Expand', [number, this.#sizes.vector(shape)], first);
  }

  /** A number that depends on sizes, `[1]`. */
  #number(numbers: readonly number[], dtype: Value['dtype'], place: string): Value {
    if (dtype === 'float32') {
      const direct = this.#agreement.fit(numbers, 1e-5);
      if (direct) return this.#sizes.float(direct);
      const reciprocal = this.#agreement.fit(
        numbers.map((number) => 1 / number),
        1e-5,
      );
      if (reciprocal)
        return this.#builder.node('Reciprocal', [this.#sizes.float(reciprocal)], { shape: [1] });
    } else if (dtype === 'int32' || dtype === 'int64') {
      const integer = this.#sizes.integer(this.#agreement.integers(numbers, place));
      return dtype === 'int64' ? integer : this.#builder.node('Cast', [integer], { shape: [1], dtype });
    }
    return this.#agreement.refuse(`a number of ${place} is ${numbers.join(', ')}`);
  }

  /** Constants with elements of their own. @param place for messages */
  constant(tuple: Tuple, place: string): Value {
    const [first] = tuple as [Value];
    const arrays = tuple.map(({ source }) => (source as { data: ConstantArray }).data);
    const isSame = tuple.every(
      (value, index) => sameShape(value.shape, first.shape) && sameElements(arrays[index]!, arrays[0]!),
    );
    if (isSame) return first;
    const isInteger = first.dtype === 'int64' || first.dtype === 'int32';
    if (
      isInteger &&
      first.shape.length <= 1 &&
      sizeOf(first.shape) <= FEW &&
      tuple.every(({ shape }) => sameShape(shape, first.shape))
    )
      return this.#integers(first, arrays, place);
    return this.#table(tuple, arrays, place);
  }

  /** Places, or a shape. */
  #integers({ dtype, shape }: Value, arrays: readonly ConstantArray[], place: string): Value {
    const elements = [...arrays[0]!].map((_, element) => {
      const numbers = arrays.map((array) => Number(array[element]));
      return this.#agreement.integers(numbers, place);
    });
    const vector = this.#sizes.vector(elements);
    return dtype === 'int64' ? vector : this.#builder.node('Cast', [vector], { shape, dtype });
  }

  /** The beginning of a constant at the largest size. */
  #table(tuple: Tuple, arrays: readonly ConstantArray[], place: string): Value {
    const shape = this.#agreement.shape(tuple, place);
    const names = new Set(shape.flatMap((size) => [...size.keys()].flatMap(namesIn)));
    const unbounded = [...names].filter((name) => !this.#bounded.has(name));
    if (unbounded.length > 0) {
      this.#agreement.refuse(
        `a constant of ${place} has the shape [${shape.map(describePolynomial)}]`,
        `Give ${unbounded.map((name) => `dimensions.${name}.max`).join(' and ')}.`,
      );
    }
    const table = this.#tables.find(tuple);
    if (names.size === 0 || !table || !tuple.every((value, index) => begins(value, arrays[index]!, table))) {
      return this.#agreement.refuse(`a constant of ${place} has other elements`);
    }
    const { dtype } = table;
    const axes = shape.flatMap((size, axis) => (isFixed(size) ? [] : [axis]));
    const bounds = [
      this.#builder.integers(axes.map(() => 0)),
      this.#sizes.vector(axes.map((axis) => shape[axis]!)),
      this.#builder.integers(axes),
    ];
    return this.#builder.node('Slice', [table, ...bounds], { dtype, shape: tuple[0]!.shape });
  }

  /** The target of a reshape, with −1 for a size that differs, if it is the only one. */
  inferredShape(tuple: Tuple): Value | undefined {
    const arrays = tuple.map(({ source }) => (source as Partial<Extract<Source, { kind: 'constant' }>>).data);
    const [first] = arrays;
    if (!first || arrays.some((array) => array?.length !== first.length)) return undefined;
    const differing = [...first].flatMap((size, axis) =>
      arrays.some((array) => array![axis] !== size) ? [axis] : [],
    );
    if (differing.length !== 1) return undefined;
    return this.#builder.integers(
      [...first].map((size, axis) => (differing.includes(axis) ? -1 : Number(size))),
    );
  }
}

function sameElements(a: ConstantArray, b: ConstantArray): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every((element: number | bigint, index: number) => Object.is(element, b[index])))
  );
}

/** Whether a tensor is another's beginning along every axis. */
function begins({ shape }: Value, data: ConstantArray, { shape: outerShape, source }: Value): boolean {
  const { data: outer } = source as Partial<Extract<Source, { kind: 'constant' }>>;
  if (!outer || shape.some((size, axis) => size > outerShape[axis]!)) return false;
  const width = shape.at(-1) ?? 1;
  const rows = sizeOf(shape) / Math.max(1, width);
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let start = 0;
    let stride = outerShape.at(-1) ?? 1;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      start += (rest % shape[axis]!) * stride;
      rest = Math.floor(rest / shape[axis]!);
      stride *= outerShape[axis]!;
    }
    for (let column = 0; column < width; column++) {
      if (!Object.is(data[row * width + column], outer[start + column])) return false;
    }
  }
  return true;
}
