import type { Parameter } from '../module/parameter.ts';

/** Settings of some of an optimizer's parameters. */
export type ParameterGroup<Settings extends object = object> = Partial<Settings> & {
  /** Which parameters. */
  readonly parameters: (name: string, parameter: Parameter) => boolean;
  /** Multiplies the learning rate of each step; default 1. */
  readonly learningRateScale?: number;
};

/** Settings of one parameter, and what its learning rate is multiplied by. */
export interface ResolvedSettings<Settings> {
  readonly settings: Settings;
  readonly learningRateScale: number;
}

/**
 * Every parameter's own settings. All groups that take a parameter apply, in their order: of a setting the last one
 * counts, learning rate scales multiply. So a group for biases and groups for layers need not know of one another.
 *
 * @throws {RangeError} if a group has a setting that `defaults` lacks, or a learning rate scale is negative
 */
export function settingsByParameter<Settings extends { readonly weightDecay: number }>(
  owner: string,
  parameters: ReadonlyMap<string, Parameter>,
  defaults: Settings,
  {
    decays = () => true,
    groups = [],
  }: {
    readonly decays?: ((name: string, parameter: Parameter) => boolean) | undefined;
    readonly groups?: readonly ParameterGroup<Settings>[] | undefined;
  },
): Map<string, ResolvedSettings<Settings>> {
  for (const { parameters: _, learningRateScale = 1, ...settings } of groups) {
    const unknown = Object.keys(settings).find((key) => !(key in defaults));
    if (unknown) {
      const known = ['learningRateScale', ...Object.keys(defaults)].join(', ');
      throw new RangeError(`${owner}: groups must set only ${known}, got ${unknown}.`);
    }
    if (!(learningRateScale >= 0)) {
      throw new RangeError(`${owner}: learningRateScale must not be negative, got ${learningRateScale}.`);
    }
  }
  const resolved = new Map<string, ResolvedSettings<Settings>>();
  for (const [name, parameter] of parameters) {
    let settings = decays(name, parameter) ? defaults : { ...defaults, weightDecay: 0 };
    let scale = 1;
    for (const { parameters: takes, learningRateScale = 1, ...changed } of groups) {
      if (!takes(name, parameter)) continue;
      settings = { ...settings, ...changed };
      scale *= learningRateScale;
    }
    resolved.set(name, { settings, learningRateScale: scale });
  }
  return resolved;
}

/** Options of {@link layerwiseLearningRates}. */
export interface LayerwiseLearningRatesOptions {
  /** Factor from a layer to the one below it, in (0, 1]. */
  readonly decay: number;
  /** How the names of each layer's parameters begin, from the input to the output. */
  readonly layers: readonly string[];
}

/**
 * Groups for layer-wise learning-rate decay: the last layer learns at `decay` times the rate, the one below it at `decay²`
 * times, and so on; parameters of no layer, such as a new head, learn at the full rate.
 *
 * @throws {RangeError} if the decay is not in (0, 1]
 * @see Howard & Ruder 2018, "Universal language model fine-tuning", §3.2 (discriminative fine-tuning)
 * @example
 * const groups = layerwiseLearningRates({ decay: 0.9, layers: ['embeddings.', 'layers.0.', 'layers.1.'] });
 * const optimizer = new AdamW(model.namedParameters(), { learningRate: 1e-4, decays: decaysMatrices, groups });
 */
export function layerwiseLearningRates({ decay, layers }: LayerwiseLearningRatesOptions): ParameterGroup[] {
  if (!(decay > 0 && decay <= 1)) {
    throw new RangeError(`layerwiseLearningRates: decay must be in (0, 1], got ${decay}.`);
  }
  return layers.map((prefix, index) => ({
    parameters: (name: string) => name.startsWith(prefix),
    learningRateScale: decay ** (layers.length - index),
  }));
}
