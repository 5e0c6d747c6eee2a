import type { BatchSource } from '../data/batch.ts';
import type { Module } from '../module/module.ts';
import { requireSizes } from '../module/require-sizes.ts';
import { train } from '../training/train.ts';
import type { TrainOptions } from '../training/train-options.ts';
import type { TrainableModel } from '../training/trainable-model.ts';
import type { CheckReport } from './check-report.ts';

/** A training run that has not begun. */
export interface TrainingSetup {
  readonly model: TrainableModel;
  readonly data: BatchSource;
  /** As for {@link train}, the optimizer among them. */
  readonly options?: Omit<TrainOptions, 'steps' | 'signal'>;
}

/** Options of {@link determinismCheck}. */
export interface DeterminismCheckOptions {
  /** Steps to compare; default 10. */
  readonly steps?: number;
}

/** The first place at which two runs part. */
export interface RunDifference {
  /** Steps taken by then; 0 before the first. */
  readonly step: number;
  /** The parameter's or buffer's name; `loss` for the loss. */
  readonly name: string;
  /** Place in its row-major array; 0 for the loss. */
  readonly element: number;
  readonly first: number;
  readonly second: number;
}

/** What {@link determinismCheck} found. */
export interface DeterminismReport extends CheckReport {
  /** Nothing if the runs are equal. */
  readonly difference: RunDifference | undefined;
}

/**
 * Whether the same set-up trains twice in the same way: two runs go side by side, and after each step their losses,
 * parameters and buffers must be equal bit for bit.
 *
 * @param setUp builds model, data and optimizer anew at each call, from the same seeds
 * @example
 * await determinismCheck(() => {
 *   const model = new Classifier(new RandomStream(0));
 *   return { model, data, options: { runtime, optimizer: new AdamW(model.namedParameters()) } };
 * });
 */
export async function determinismCheck(
  setUp: () => TrainingSetup | Promise<TrainingSetup>,
  { steps = 10 }: DeterminismCheckOptions = {},
): Promise<DeterminismReport> {
  requireSizes('determinismCheck', { steps });
  const setups = [await setUp(), await setUp()] as const;
  const [a, b] = [setups[0].model, setups[1].model];
  if (a === b)
    throw new TypeError('determinismCheck: setUp must build a new model at each call, got the same twice.');
  let difference = differenceOf(a, b, 0);
  const [first, second] = setups.map((setup) => losses(setup, steps)) as [Losses, Losses];
  try {
    for (let step = 1; step <= steps && !difference; step++) {
      const [lossA, lossB] = [(await first.next()).value as number, (await second.next()).value as number];
      difference = Object.is(lossA, lossB)
        ? differenceOf(a, b, step)
        : { step, name: 'loss', element: 0, first: lossA, second: lossB };
    }
  } finally {
    await Promise.all([first.return(), second.return()]);
  }
  return { passed: difference === undefined, difference, summary: summaryOf(difference, steps) };
}

type Losses = AsyncGenerator<number, void, void>;

/** The loss of each step. */
async function* losses({ model, data, options }: TrainingSetup, steps: number): Losses {
  for await (const event of train(model, data, {
    ...options,
    steps: (options?.optimizer?.stepCount ?? 0) + steps,
  })) {
    if (event.type === 'step-end') yield event.loss;
  }
}

function differenceOf(a: Module, b: Module, step: number): RunDifference | undefined {
  const others = b.namedTensors();
  for (const [name, { data }] of a.namedTensors()) {
    const other = others.get(name)?.data;
    if (other?.length !== data.length) {
      throw new TypeError(
        `determinismCheck: setUp must build the same model at each call, got another ${name}.`,
      );
    }
    const element = data.findIndex((value, index) => !Object.is(value, other[index]));
    if (element >= 0) return { step, name, element, first: data[element]!, second: other[element]! };
  }
  return undefined;
}

function summaryOf(difference: RunDifference | undefined, steps: number): string {
  if (!difference) return `determinismCheck: two runs of ${steps} steps are equal, bit for bit.`;
  const { step, name, element, first, second } = difference;
  const when = step === 0 ? 'before the first step' : `after step ${step}`;
  const place = name === 'loss' ? 'the loss' : `${name}, element ${element},`;
  return `determinismCheck: two runs differ ${when}: ${place} is ${first} in one and ${second} in the other. Draw every number from a seed.`;
}
