import { aliasTable, negativeProbabilities } from '../vocabulary/sampling-tables.ts';
import type { ClassifierSettings } from './classifier-options.ts';
import type { EncodedCorpus } from './encode-corpus.ts';
import { type LabelTree, labelTree } from './label-tree.ts';

/** What assembly/text-training.ts trains on. */
export interface ClassifierPlan {
  readonly caller: string;
  readonly settings: ClassifierSettings;
  readonly corpus: EncodedCorpus;
  /** Words and those n-grams that examples have. */
  readonly inputRows: number;
  readonly labelCounts: ArrayLike<number>;
  readonly threads: number;
}

/** Where tables, examples and threads' scratches lie in the memory that all threads share. */
export class ClassifierMemory {
  readonly memory: WebAssembly.Memory;
  /** Byte address of what all threads are configured by. */
  readonly shared: number;
  /** Byte address of what each thread is configured by. */
  readonly own: readonly number[];
  readonly reports: readonly number[];
  /** Numbers of examples in the order of training. */
  readonly order: Uint32Array;
  /** Floats from row to row. */
  readonly #stride: number;
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #plan: ClassifierPlan;

  /** @throws {RangeError} if tables and examples need more than the 4 GiB that a WebAssembly memory may have */
  constructor(plan: ClassifierPlan) {
    this.#plan = plan;
    const { settings, corpus, labelCounts } = plan;
    const labelCount = labelCounts.length;
    this.#stride = Math.ceil(settings.size / 4) * 4;
    let end = 65_536; // below lies what the module itself keeps
    const take = (bytes: number): number => {
      const address = end;
      end += Math.ceil(bytes / 64) * 64;
      return address;
    };
    const copies: [address: number, values: ArrayLike<number>][] = [];
    const put = (values: ArrayLike<number>): number => {
      const address = take(4 * values.length);
      copies.push([address, values]);
      return address;
    };
    this.shared = take(64);
    const vector = 4 * this.#stride;
    const scratches = Array.from({ length: plan.threads }, () => ({
      own: take(64),
      hidden: take(vector),
      gradient: take(vector),
      scores: take(4 * labelCount),
      report: take(64),
    }));
    const draws = settings.loss === 'ns' ? put(aliasTable(negativeProbabilities(labelCounts, 0.5))) : 0;
    const { starts, steps } = settings.loss === 'hs' ? labelPaths(labelTree(labelCounts)) : NO_PATHS;
    const paths = put(starts);
    const pathNodes = put(steps);
    const examples = corpus.rowStarts.length - 1;
    const order = take(4 * examples);
    const rowStarts = put(corpus.rowStarts);
    const rows = put(corpus.rows);
    const labelStarts = put(corpus.labelStarts);
    const labels = put(corpus.labels);
    this.#inputs = take(plan.inputRows * vector);
    this.#outputs = take(labelCount * vector);
    const pages = Math.ceil(end / 65536);
    if (pages >= 65536) {
      throw new RangeError(
        `${plan.caller}: tables and examples must fit 4 GiB, got ${plan.inputRows} rows of ${settings.size} numbers ` +
          `and ${examples} examples. Lower size or bucket, or raise minCount.`,
      );
    }
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    for (const [address, values] of copies) this.#write(address, values);
    this.order = new Uint32Array(this.memory.buffer, order, examples);
    const loss = { softmax: 0, ns: 1, hs: 2, ova: 3 }[settings.loss];
    this.#write(this.shared, [
      ...[this.#inputs, this.#outputs, vector, loss, labelCount, settings.negative, draws, paths, pathNodes],
      ...[order, rowStarts, rows, labelStarts, labels],
    ]);
    this.own = scratches.map(({ own }) => own);
    this.reports = scratches.map(({ report }) => report);
    for (const { own, hidden, gradient, scores, report } of scratches) {
      this.#write(own, [hidden, gradient, scores, report]);
    }
  }

  /** A row of a table: a view. */
  row(table: 'inputs' | 'outputs', row: number): Float32Array {
    const begin = table === 'inputs' ? this.#inputs : this.#outputs;
    return new Float32Array(this.memory.buffer, begin + 4 * this.#stride * row, this.#plan.settings.size);
  }

  #write(address: number, numbers: ArrayLike<number>): void {
    new Uint32Array(this.memory.buffer, address, numbers.length).set(numbers);
  }
}

const NO_PATHS = { starts: new Uint32Array(0), steps: new Uint32Array(0) };

/** The way from the root to each label: inner nodes · 2, plus 1 where it goes to the right. */
export function labelPaths({ leafCount, left, right }: LabelTree): {
  starts: Uint32Array;
  steps: Uint32Array;
} {
  const parents = new Int32Array(leafCount + left.length);
  for (let inner = 0; inner < left.length; inner++) {
    parents[left[inner]!] = 2 * inner;
    parents[right[inner]!] = 2 * inner + 1;
  }
  const root = leafCount + left.length - 1;
  const starts = new Uint32Array(leafCount + 1);
  const steps: number[] = [];
  for (let leaf = 0; leaf < leafCount; leaf++) {
    const path: number[] = [];
    for (let node = leaf; node !== root; node = leafCount + (parents[node]! >> 1)) path.push(parents[node]!);
    for (const step of path.reverse()) steps.push(step);
    starts[leaf + 1] = steps.length;
  }
  return { starts, steps: Uint32Array.from(steps) };
}
