import type { EvaluateOptions } from './evaluate.ts';

/** Measures the model as it is. */
export type EvaluationFunction = (options: EvaluateOptions) => Promise<number>;

/** Evaluations during training. */
export interface EvaluationOptions {
  /** Evaluates every `interval` steps and after the last. */
  readonly interval: number;
  /** Measures a loss, or several by name of the set. See {@link createEvaluator}. */
  readonly loss: EvaluationFunction | Readonly<Record<string, EvaluationFunction>>;
  /** The set that early stopping, checkpoints and an adaptive schedule look at; default the first. */
  readonly watch?: string;
}

/** The sets by name; a single one is called `validation`. */
export function evaluationSets({ loss }: EvaluationOptions): [string, EvaluationFunction][] {
  return typeof loss === 'function' ? [['validation', loss]] : Object.entries(loss);
}
