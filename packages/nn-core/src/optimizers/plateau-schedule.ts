import type { Schedule } from './cosine-schedule.ts';
import { requireRates } from './require-schedule-options.ts';

/** Options of {@link PlateauSchedule}; the defaults are PyTorch's. */
export interface PlateauScheduleOptions {
  /** Before the first fall. */
  readonly learningRate: number;
  /** Of each fall, below 1; default 0.1. */
  readonly factor?: number;
  /** Evaluations without improvement that are let pass; the next one brings the fall. Default 10. */
  readonly patience?: number;
  /** Whether less is better, as of losses (default), or more. */
  readonly better?: 'less' | 'more';
  /** Smallest change that counts as an improvement; default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a share of the best value (default) or a difference. */
  readonly thresholdMode?: 'relative' | 'absolute';
  /** Evaluations after a fall in which nothing counts as a failure; default 0. */
  readonly cooldown?: number;
  /** Smallest learning rate; default 0. */
  readonly floor?: number;
  /** Falls smaller than this are not made; default 1e-8. */
  readonly smallestFall?: number;
}

/** What a {@link PlateauSchedule} must keep; plain numbers, so that it can stand in a file's metadata as JSON. */
export interface PlateauState {
  readonly learningRate: number;
  /** Null before the first evaluation. */
  readonly best: number | null;
  readonly failures: number;
  readonly cooldownLeft: number;
}

/**
 * A learning rate that falls when evaluations stop getting better: PyTorch's `ReduceLROnPlateau`. Unlike the other schedules
 * it depends on what happened, so its state must be saved with the optimizer's.
 *
 * @example
 * const plateau = new PlateauSchedule({ learningRate: 1e-3, factor: 0.5, patience: 3 });
 * for await (const event of train(model, data, { steps, optimizer, schedule: plateau.schedule, evaluation })) {
 *   if (event.type === 'evaluation-end') plateau.observe(event.loss);
 * }
 * await saveTrainingState(path, model, optimizer, { plateau: JSON.stringify(plateau.state()) });
 */
export class PlateauSchedule {
  /** The learning rate of the moment, whatever the step. */
  readonly schedule: Schedule = () => this.#learningRate;
  readonly #options: Required<PlateauScheduleOptions>;
  #learningRate: number;
  #best: number | null = null;
  #failures = 0;
  #cooldownLeft = 0;

  /** @throws {RangeError} if an option is out of range */
  constructor(options: PlateauScheduleOptions) {
    const { learningRate, factor = 0.1, patience = 10, better = 'less', threshold = 1e-4 } = options;
    const { thresholdMode = 'relative', cooldown = 0, floor = 0, smallestFall = 1e-8 } = options;
    requireRates('PlateauSchedule', { learningRate, patience, threshold, cooldown, floor, smallestFall });
    if (!(factor >= 0 && factor < 1)) {
      throw new RangeError(`PlateauSchedule: factor must be in [0, 1), got ${factor}.`);
    }
    const own = { learningRate, factor, patience, better, threshold, thresholdMode };
    this.#options = { ...own, cooldown, floor, smallestFall };
    this.#learningRate = learningRate;
  }

  /** The learning rate of the moment. */
  get learningRate(): number {
    return this.#learningRate;
  }

  /** Takes note of an evaluation's loss or score. NaN is no improvement. */
  observe(value: number): void {
    const { patience, cooldown, factor, floor, smallestFall } = this.#options;
    if (this.#improves(value)) {
      this.#best = value;
      this.#failures = 0;
    } else this.#failures++;
    if (this.#cooldownLeft > 0) {
      this.#cooldownLeft--;
      this.#failures = 0;
    }
    if (this.#failures <= patience) return;
    const lower = Math.max(this.#learningRate * factor, floor);
    if (this.#learningRate - lower > smallestFall) this.#learningRate = lower;
    this.#cooldownLeft = cooldown;
    this.#failures = 0;
  }

  state(): PlateauState {
    return {
      learningRate: this.#learningRate,
      best: this.#best,
      failures: this.#failures,
      cooldownLeft: this.#cooldownLeft,
    };
  }

  /**
   * Takes over a state.
   *
   * @throws {RangeError} if it is not what {@link state} gives; nothing is loaded then
   */
  loadState({ learningRate, best, failures, cooldownLeft }: PlateauState): void {
    requireRates('PlateauSchedule.loadState', { learningRate, failures, cooldownLeft });
    if (best !== null && typeof best !== 'number') {
      throw new RangeError(`PlateauSchedule.loadState: best must be a number or null, got ${best}.`);
    }
    this.#learningRate = learningRate;
    this.#best = best;
    this.#failures = failures;
    this.#cooldownLeft = cooldownLeft;
  }

  #improves(value: number): boolean {
    const { better, threshold, thresholdMode } = this.#options;
    const best = this.#best;
    if (best === null) return better === 'less' ? value < Infinity : value > -Infinity;
    const margin = thresholdMode === 'relative' ? threshold * best : threshold;
    return better === 'less' ? value < best - margin : value > best + margin;
  }
}
