import { tensorData } from '@wordloom/compile';
import type { BatchSource, Schedule } from '@wordloom/nn-core';

/** How the chance that a decoder reads the given word falls with the steps; see {@link teacherForcingSchedule}. */
export type TeacherForcingOptions =
  | { readonly kind: 'constant'; readonly chance: number }
  | { readonly kind: 'linear'; readonly from?: number; readonly to?: number; readonly steps: number }
  | { readonly kind: 'exponential'; readonly base: number }
  | { readonly kind: 'inverse-sigmoid'; readonly k: number };

/**
 * The chance that a decoder reads the given word in step i: the same always; falling from one to another within some steps; kⁱ with k < 1; k / (k + e^(i/k)),
 * which falls slowly, then fast, then slowly.
 *
 * @throws {RangeError} if an option is out of range
 * @see Bengio et al. 2015, §2.4
 */
export function teacherForcingSchedule(options: TeacherForcingOptions): Schedule {
  switch (options.kind) {
    case 'constant': {
      const { chance } = options;
      require('chance', chance, chance >= 0 && chance <= 1, 'in [0, 1]');
      return () => chance;
    }
    case 'linear': {
      const { from = 1, to = 0, steps } = options;
      for (const [name, chance] of Object.entries({ from, to })) {
        require(name, chance, chance >= 0 && chance <= 1, 'in [0, 1]');
      }
      require('steps', steps, Number.isSafeInteger(steps) && steps > 0, 'a positive integer');
      return (step) => from + (to - from) * Math.min(1, step / steps);
    }
    case 'exponential': {
      const { base } = options;
      require('base', base, base > 0 && base < 1, 'in (0, 1)');
      return (step) => base ** step;
    }
    case 'inverse-sigmoid': {
      const { k } = options;
      require('k', k, k >= 1 && k < Number.POSITIVE_INFINITY, 'a number of at least 1');
      return (step) => k / (k + Math.exp(step / k));
    }
  }
}

/**
 * Batches for scheduled sampling: in training the decoder reads the given word by the schedule's chance, and else one that it drew from its own predictions.
 *
 * @param chance by the number of the batch, such as {@link teacherForcingSchedule} gives it
 * @see Bengio et al. 2015, "Scheduled sampling for sequence prediction with recurrent neural networks"
 * @example
 * const sampled = scheduledSampling(data, teacherForcingSchedule({ kind: 'inverse-sigmoid', k: 500 }));
 * for await (const event of train(model, sampled, { steps, runtime })) report(event);
 */
export function scheduledSampling<Source extends BatchSource>(data: Source, chance: Schedule): Source {
  return {
    ...data,
    async batch(step: number) {
      const teacherForcing = tensorData(Float32Array.of(chance(step)), [1]);
      return { ...(await data.batch(step)), teacherForcing };
    },
  };
}

function require(name: string, value: number, fits: boolean, expectation: string): void {
  if (!fits) throw new RangeError(`teacherForcingSchedule: ${name} must be ${expectation}, got ${value}.`);
}
