import type { RandomStream } from '@wordloom/compile';
import { constantInitializer, type Initializer, normalInitializer } from './initializers.ts';
import type { Module } from './module.ts';
import { describePattern, type NamePattern, namePathMatcher } from './name-pattern.ts';
import type { Parameter } from './parameter.ts';

/** Which parameters a rule is for: names as in {@link freeze}, or a function of name and parameter. */
export type ParameterChoice = NamePattern | ((name: string, parameter: Parameter) => boolean);

/** Which parameters start how. */
export type InitializationRule = readonly [choice: ParameterChoice, initializer: Initializer];

/** Options of {@link initializeParameters}. */
export interface InitializeParametersOptions {
  /** The source of the draws, taken parameter by parameter in the model's order. */
  readonly random: RandomStream;
}

/**
 * Gives the parameters of a built model new values in place. For each parameter the first rule that chooses it counts;
 * those that no rule chooses keep their values.
 *
 * @throws {RangeError} if a rule chooses nothing; nothing is changed then
 * @example
 * const random = new RandomStream(1);
 * initializeParameters(model, [['**.bias', constantInitializer(0)], ['**.weight', xavierUniformInitializer()]], { random });
 */
export function initializeParameters(
  model: Module,
  rules: readonly InitializationRule[],
  { random }: InitializeParametersOptions,
): void {
  const parameters = [...model.namedParameters()];
  const choices = rules.map(([choice]) => (typeof choice === 'function' ? choice : namePathMatcher(choice)));
  for (const [index, chooses] of choices.entries()) {
    if (parameters.some(([name, parameter]) => chooses(name, parameter))) continue;
    const [choice] = rules[index]!;
    const shown = typeof choice === 'function' ? 'a function that chooses none' : describePattern(choice);
    throw new RangeError(`initializeParameters: rules must each choose a parameter, got ${shown}.`);
  }
  const started = parameters.map(([name, parameter]) => {
    const rule = rules.find((_, index) => choices[index]!(name, parameter));
    return [parameter, rule?.[1](parameter.shape, random)] as const;
  });
  for (const [parameter, values] of started) if (values) parameter.data.set(values);
}

/** Options of {@link initializeAsGpt2}. */
export interface Gpt2InitializationOptions extends InitializeParametersOptions {
  /** Number of blocks; each adds to the residual stream twice. */
  readonly layerCount: number;
  /** The weights of the projections that add to the residual stream, such as `blocks.*.{attention.output,feedForward.contract}.weight`. */
  readonly residual: ParameterChoice;
  /** Default 0.02. */
  readonly standardDeviation?: number;
}

/**
 * Starts a Transformer as GPT-2: matrices normal with deviation 0.02, those that project into the residual stream
 * 0.02 / √(2 · layerCount), biases zero. Scales of norms keep their values.
 *
 * @throws {RangeError} if `residual` chooses nothing, or layerCount is no positive integer
 * @see Radford et al. 2019, "Language models are unsupervised multitask learners", §2.3
 */
export function initializeAsGpt2(
  model: Module,
  { layerCount, residual, standardDeviation = 0.02, random }: Gpt2InitializationOptions,
): void {
  if (!Number.isSafeInteger(layerCount) || layerCount < 1) {
    throw new RangeError(`initializeAsGpt2: layerCount must be a positive integer, got ${layerCount}.`);
  }
  const hasBiases = [...model.namedParameters().keys()].some(isBias);
  const rules: InitializationRule[] = [
    [residual, normalInitializer(standardDeviation / Math.sqrt(2 * layerCount))],
    [(_, { shape }) => shape.length >= 2, normalInitializer(standardDeviation)],
    ...(hasBiases ? [[isBias, constantInitializer(0)] as const] : []),
  ];
  initializeParameters(model, rules, { random });
}

function isBias(name: string): boolean {
  return name === 'bias' || name.endsWith('.bias');
}
