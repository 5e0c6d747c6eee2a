import type { Batch } from './batch.ts';
import type { Collator } from './dataset.ts';
import {
  columnOf,
  cutRows,
  type FieldValue,
  type PaddingOptions,
  padRows,
  type Row,
  requireRowLength,
} from './pad-rows.ts';

/** Options of {@link paddingCollator}. */
export interface PaddingCollatorOptions extends PaddingOptions {
  /** What fills up a field; default `padId` for `inputs`, −100 for `targets`, 0 for all others. */
  readonly fills?: Readonly<Record<string, number>>;
  /** Fields of float32, such as the targets of a regression; all others are int32. */
  readonly floatFields?: readonly string[];
}

/**
 * Token ids in `inputs`, further arrays with one element per token (`targets` of a tagger), and numbers (the class).
 */
export type FieldExample = Readonly<Record<string, FieldValue>> & { readonly inputs: ArrayLike<number> };

/**
 * Fills rows up to one length: for classifiers, taggers, and all that needs no more than that.
 *
 * @returns a collator of batches with `inputs` and the further arrays `[rows, length]`, the numbers `[rows]`, and
 * `mask` (bool `[rows, length]`, true at tokens; the examples' own where they have one)
 * @throws {RangeError} naming the option that is out of range; when collating, naming the row, if it is too long, an
 * array has another length than `inputs`, or a value is no integer
 * @example
 * const collate = paddingCollator({ padId: 0, multipleOf: 8 });
 * const data = exampleBatches([{ inputs: [5, 6, 7], targets: 1 }], { batchSize: 1, collate, seed: 0 });
 */
export function paddingCollator(options: PaddingCollatorOptions): Collator<FieldExample> {
  requireRowLength('paddingCollator', options);
  return (examples) => padFields('paddingCollator', examples, options);
}

/** Pads arrays and gathers numbers; all examples have the same fields. */
export function padFields(
  owner: string,
  examples: readonly FieldExample[],
  options: PaddingCollatorOptions,
): Batch {
  const names = Object.keys(examples[0] ?? {});
  for (const [index, example] of examples.entries()) requireFields(owner, examples[0]!, example, index);
  const rows = examples.map(arraysOf);
  const columns = names.flatMap((name) => {
    const values = examples.map((example) => example[name]!);
    const isFloat = options.floatFields?.includes(name) ?? false;
    return values.every(isNumber) ? [[name, columnOf(owner, name, values, isFloat)] as const] : [];
  });
  return {
    ...padRows(owner, cutRows(owner, rows, options), options),
    ...Object.fromEntries(columns),
  };
}

/** The fields of an example that are arrays. */
function arraysOf(example: FieldExample): Row {
  const arrays: Record<string, ArrayLike<number>> = {};
  for (const [name, value] of Object.entries(example)) if (!isNumber(value)) arrays[name] = value;
  return { ...arrays, inputs: example.inputs };
}

function isNumber(value: FieldValue): value is number {
  return typeof value === 'number';
}

function requireFields(owner: string, first: FieldExample, example: FieldExample, index: number): void {
  const kindOf = (value: FieldValue | undefined): string =>
    value === undefined ? 'nothing' : isNumber(value) ? 'a number' : 'an array';
  for (const name of Object.keys({ ...first, ...example })) {
    const [expected, kind] = [kindOf(first[name]), kindOf(example[name])];
    if (expected !== kind) {
      throw new TypeError(`${owner}: ${name} must be ${expected} as in row 0, got ${kind} in row ${index}.`);
    }
  }
}
