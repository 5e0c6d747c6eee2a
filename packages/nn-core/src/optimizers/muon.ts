import { type Runtime, tensorData } from '@wordloom/compile';
import type { Parameter } from '../module/parameter.ts';
import { adamStep } from './adamw.ts';
import { Orthogonalizer } from './newton-schulz.ts';
import {
  Optimizer,
  type OptimizerOptions,
  type OptimizerSettings,
  type ParameterUpdate,
  requireFractions,
  requireNotNegative,
  type StepOptions,
} from './optimizer.ts';
import { runKernel } from './optimizer-kernel.ts';
import { sgdStep } from './sgd.ts';

/** Settings of {@link Muon}. */
export interface MuonSettings extends OptimizerSettings {
  /** Whether a matrix takes Muon's steps; all else takes AdamW's. Set by the option `orthogonalizes` or by groups. */
  readonly orthogonalize: boolean;
  /** Share of the last direction that is kept, in [0, 1); default 0.95. */
  readonly momentum: number;
  /** Whether the gradient is taken as if after the next step; default true. */
  readonly nesterov: boolean;
  /** Newton–Schulz iterations; default 5. */
  readonly iterations: number;
  /**
   * What a matrix's learning rate is multiplied by.
   *
   * - `match-adam` (default): 0.2 · √max(rows, columns), so that steps are as large as AdamW's and one learning rate suits both.
   * - `original`: √max(1, rows / columns). Learning rates are then near 0.02, and the others need a smaller scale of their own.
   */
  readonly scale: 'match-adam' | 'original';
  /** AdamW's decay of the first moment, in [0, 1); default 0.9. */
  readonly beta1: number;
  /** AdamW's decay of the second moment, in [0, 1); default 0.999. */
  readonly beta2: number;
  /** AdamW's, added to the root of the second moment; default 1e-8. */
  readonly epsilon: number;
}

/** Options of {@link Muon}: learning rate 1e-3 and weight decay 0.1 by default. */
export type MuonOptions = OptimizerOptions<MuonSettings> & {
  /** Which matrices take Muon's steps; default {@link hiddenMatrices}. */
  readonly orthogonalizes?: (name: string, parameter: Parameter) => boolean;
  /** Where matrix products run; default eagerly on the active tfjs backend, which is slow. */
  readonly runtime?: Runtime;
};

/**
 * Every matrix but those of the input and output layers, told by their names: those with `embed`, `wte`, `wpe`, `head` or
 * `classifier` in a part of it. Where a model calls them otherwise, write a choice of your own.
 */
export function hiddenMatrices(name: string, { shape }: Parameter): boolean {
  return shape.length === 2 && !/embed|(^|[._])(wte|wpe)[._]|head\.|classifier/i.test(name);
}

/**
 * Muon for the hidden matrices of a model, AdamW for everything else. A matrix moves by its momentum with all singular values
 * brought near 1, so that rare directions count as much as frequent ones. Weight decay is decoupled.
 *
 * Steps are asynchronous, because the products run on an engine; {@link train} awaits them. A step that fails leaves part
 * of the parameters moved.
 *
 * @see Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; Liu et al. 2025, "Muon is scalable for LLM
 * training", §2.2 (`match-adam`, weight decay)
 * @example
 * const optimizer = new Muon(model.namedParameters(), { learningRate: 1e-3, runtime });
 * await optimizer.step(gradients);
 * await optimizer.release();
 */
export class Muon extends Optimizer<MuonSettings> {
  readonly #orthogonalizer: Orthogonalizer;
  /** Arrays for directions, by length. */
  readonly #spare = new Map<number, Float32Array>();
  #stepping = false;

  /** @throws {RangeError} if a setting is out of range */
  constructor(parameters: ReadonlyMap<string, Parameter>, options: MuonOptions = {}) {
    const { learningRate = 1e-3, weightDecay = 0.1, orthogonalizes = hiddenMatrices, runtime } = options;
    const { momentum = 0.95, nesterov = true, iterations = 5, scale = 'match-adam' } = options;
    const { orthogonalize = false, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
    const settings = {
      ...{ weightDecay, orthogonalize, momentum, nesterov, iterations, scale },
      ...{ beta1, beta2, epsilon },
    };
    const hidden = { parameters: orthogonalizes, orthogonalize: true };
    const groups = [hidden, ...(options.groups ?? [])];
    super('Muon', parameters, settings, { ...options, learningRate, groups });
    this.#orthogonalizer = new Orthogonalizer(runtime);
  }

  protected override check(owner: string, settings: MuonSettings): void {
    const { momentum, iterations, scale, beta1, beta2, epsilon } = settings;
    requireFractions(owner, { momentum, beta1, beta2 });
    requireNotNegative(owner, { epsilon });
    if (!Number.isSafeInteger(iterations) || iterations < 1) {
      throw new RangeError(`${owner}: iterations must be a positive integer, got ${iterations}.`);
    }
    if (!(scale in SCALES)) {
      const known = Object.keys(SCALES).join(' or ');
      throw new RangeError(`${owner}: scale must be ${known}, got ${scale}.`);
    }
  }

  protected override slotShapes(
    settings: MuonSettings,
    { shape }: Parameter,
  ): Record<string, readonly number[]> {
    return isOrthogonalized(settings, shape)
      ? { momentum: shape }
      : { firstMoment: shape, secondMoment: shape };
  }

  /**
   * Updates every parameter that has a gradient; the others keep their values.
   *
   * @param gradients by parameter name; they must not change before the promise is fulfilled
   * @throws {RangeError} if a gradient has no parameter, the average is swapped in, or the last step is not awaited
   * @throws {ShapeError} if a gradient has another length than its parameter; nothing is updated in either case
   */
  override async step(
    gradients: Readonly<Record<string, Float32Array>>,
    options: StepOptions = {},
  ): Promise<void> {
    if (this.#stepping) throw new RangeError('Muon.step: the last step must be awaited first, got another.');
    const updates = this.beginStep(gradients, options);
    this.#stepping = true;
    try {
      for (const update of updates) {
        if (isOrthogonalized(update.settings, update.parameter.shape)) await this.#orthogonalStep(update);
        else adamWStep(update);
      }
      this.endStep(updates);
    } finally {
      this.#stepping = false;
    }
  }

  /** Frees what was compiled; a later step compiles it again. */
  async release(): Promise<void> {
    this.#spare.clear();
    await this.#orthogonalizer.release();
  }

  async #orthogonalStep(update: ParameterUpdate<MuonSettings>): Promise<void> {
    const { weights, gradient, slots, settings, parameter, learningRate, gradientScale } = update;
    const { momentum, nesterov, iterations, weightDecay, scale } = settings;
    const [rows, columns] = parameter.shape as [number, number];
    const direction = this.#spare.get(weights.length)?.fill(0) ?? new Float32Array(weights.length);
    this.#spare.delete(weights.length);
    // A step of momentum from zero, uphill: the direction is what it moves.
    const [ahead, share] = nesterov ? [1 - momentum, momentum] : [0, 1];
    const coefficients = [gradientScale, 0, -1, momentum, 1 - momentum, ahead, share];
    runKernel('Muon.step', 'descendWithMomentum', [direction, gradient, slots.momentum!], coefficients);
    const orthogonal = await this.#orthogonalizer.run(tensorData(direction, [rows, columns]), iterations);
    const stepScale = SCALES[scale](rows, columns);
    sgdStep(weights, orthogonal, undefined, { learningRate, weightDecay, gradientScale: stepScale });
    this.#spare.set(weights.length, orthogonal);
  }
}

const SCALES: Readonly<Record<MuonSettings['scale'], (rows: number, columns: number) => number>> = {
  'match-adam': (rows, columns) => 0.2 * Math.sqrt(Math.max(rows, columns)),
  original: (rows, columns) => Math.sqrt(Math.max(1, rows / columns)),
};

function isOrthogonalized({ orthogonalize }: MuonSettings, shape: readonly number[]): boolean {
  return orthogonalize && shape.length === 2;
}

function adamWStep({ weights, gradient, slots, settings, ...options }: ParameterUpdate<MuonSettings>): void {
  const moments = { firstMoment: slots.firstMoment!, secondMoment: slots.secondMoment! };
  adamStep(weights, gradient, moments, { ...settings, ...options });
}
