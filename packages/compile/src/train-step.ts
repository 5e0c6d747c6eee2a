import * as tf from '@tensorflow/tfjs-core';
import type { Explanation } from './explain/explanation.ts';
import { toTensorData, toTensors } from './host-tensors.ts';
import { type LossFunction, lossAndGradients } from './loss-and-gradients.ts';
import { Program, programFrom } from './program.ts';
import { type Draw, withRandomness } from './random/randomness.ts';
import { requireTensors } from './require-tensors.ts';
import { type Runtime, requireRuntime } from './runtime/runtime.ts';
import { type InputSpecs, requireRanges, sizeNames, specsAt } from './sizes/input-spec.ts';
import { type DimensionRange, sampleSizes } from './sizes/sample-sizes.ts';
import { allocate, sizeOf, type TensorData, type TensorSpec } from './tensor-data.ts';
import { type TensorFunction, trace } from './trace/trace.ts';
import { type Variables, withVariables } from './variables.ts';

/** Options of {@link eagerTrainStep}. */
export interface TrainStepOptions {
  /** Initial values. Held by reference: an optimizer updates the arrays in place between runs. */
  readonly parameters: Readonly<Record<string, TensorData>>;
  /**
   * Type and shape of each tensor of a batch. A size may have a name, such as in `{ dtype: 'int32', shape: ['batch', 'length'] }`: the
   * step then takes batches of any such size. See {@link compile}.
   */
  readonly batch: InputSpecs;
  /** Which parameters get a gradient; default all. */
  readonly trainable?: (name: string) => boolean;
  /**
   * tfjs variables that stand for the parameters of the same name wherever the loss uses them: those of a Layers model, which does not take
   * its weights as arguments. Their own values stay as they are; {@link assignVariables} updates them.
   */
  readonly variables?: Variables;
}

/** Options of {@link compileTrainStep}. */
export interface CompileTrainStepOptions extends TrainStepOptions {
  readonly runtime: Runtime;
  /** The ranges of the batch's named sizes. */
  readonly dimensions?: Readonly<Record<string, DimensionRange>>;
}

/** The forward and backward pass of a loss, ready to be run on batch after batch. */
export interface TrainStep {
  /** One array for each trainable parameter, in the parameters' order; every run overwrites them. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
  /** What the loss function returned beside the loss; every run overwrites the arrays (eager, and where a size has changed: replaces them). */
  readonly auxiliary: Readonly<Record<string, TensorData>>;
  /** Operators in the compiled graph; 0 when eager. */
  readonly nodeCount: number;
  /**
   * Runs forward and backward once.
   *
   * @param draw which random numbers dropout uses
   * @returns the loss; the gradients stand in `gradients`
   */
  run(batch: Readonly<Record<string, TensorData>>, draw?: Draw): Promise<number>;
  release(): Promise<void>;
}

/** A training step that runs as one graph. */
export interface CompiledTrainStep extends TrainStep {
  /**
   * What the graph consists of, what was fused, and what it needs; with a batch, where the runtime can measure it, also the time of each operator.
   * `formatExplanation` makes it text.
   */
  explain(options?: ExplainTrainStepOptions): Promise<Explanation>;
}

/** Options of {@link CompiledTrainStep.explain}. */
export interface ExplainTrainStepOptions {
  /** What to measure a run with; without it no times are measured. */
  readonly batch?: Readonly<Record<string, TensorData>>;
  /** Which random numbers dropout uses in the runs. */
  readonly draw?: Draw;
  /** How many runs to average over; default 5. */
  readonly runs?: number;
}

const PARAMETER = 'parameter.';
const BATCH = 'batch.';
const GRADIENT = 'gradient.';
const AUXILIARY = 'auxiliary.';

/**
 * Traces a loss with its gradients and compiles them into one graph.
 *
 * @param loss a pure tfjs function; dropout in it is active
 * @example
 * const step = await compileTrainStep(({ w }, { x, y }) => tf.losses.meanSquaredError(y, tf.matMul(x, w)), {
 *   runtime, parameters: { w }, batch: { x: { dtype: 'float32', shape: [8, 4] }, y: { dtype: 'float32', shape: [8, 1] } },
 * });
 * const value = await step.run({ x, y });
 */
export async function compileTrainStep(
  loss: LossFunction,
  options: CompileTrainStepOptions,
): Promise<CompiledTrainStep> {
  const { parameters, batch, runtime, variables = {}, dimensions = {} } = options;
  if (typeof loss !== 'function')
    throw new TypeError(`compileTrainStep: loss must be a function, got ${loss}.`);
  requireRuntime('compileTrainStep', runtime);
  requireTensors('compileTrainStep', parameters);
  requireRanges('compileTrainStep', batch, dimensions);
  const trainable = trainableNames(options);
  const inputs: InputSpecs = { ...prefixed(PARAMETER, specsOf(parameters)), ...prefixed(BATCH, batch) };
  const lossProgram: TensorFunction = (tensors) => {
    const weights = selected(PARAMETER, tensors);
    const results = withRandomness({ seed: 0, step: 0 }, () =>
      withVariables(variables, weights, () =>
        lossAndGradients(loss, weights, selected(BATCH, tensors), trainable),
      ),
    );
    const gradients = Object.fromEntries(trainable.map((name, index) => [name, results.gradients[index]!]));
    return {
      loss: results.loss,
      ...prefixed(GRADIENT, gradients),
      ...prefixed(AUXILIARY, results.auxiliary),
    };
  };
  const program = await Program.load(
    programFrom('compileTrainStep', lossProgram, inputs, runtime, dimensions),
    runtime,
  );

  const parameterInputs = prefixed(PARAMETER, parameters);
  const outputs: Record<string, TensorData> = {};
  const auxiliary: Record<string, TensorData> = {};
  /** The loss and the gradients stay where they are; what else there is may depend on the batch's size. */
  const fit = (caller: string, inputs: Readonly<Record<string, TensorSpec>>): void => {
    for (const [name, spec] of Object.entries(program.outputSpecs(caller, inputs))) {
      if (outputs[name] && `${outputs[name].shape}` === `${spec.shape}`) continue;
      outputs[name] = allocate(spec);
      if (name.startsWith(AUXILIARY)) auxiliary[name.slice(AUXILIARY.length)] = outputs[name];
    }
  };
  const { samples } = sampleSizes('compileTrainStep', sizeNames(batch), dimensions);
  const example = specsAt(inputs, samples[0]!);
  fit('compileTrainStep', example);
  return {
    gradients: Object.fromEntries(
      trainable.map((name) => [name, outputs[`${GRADIENT}${name}`]!.data as Float32Array]),
    ),
    auxiliary,
    nodeCount: program.nodeCount,
    async run(batch, draw) {
      const given = { ...parameterInputs, ...prefixed(BATCH, batch) };
      fit('TrainStep.run', given);
      await program.run('TrainStep.run', given, outputs, draw);
      return outputs.loss!.data[0]!;
    },
    explain({ batch, draw, runs = 5 } = {}) {
      const given = batch && { ...parameterInputs, ...prefixed(BATCH, batch) };
      const traced = trace(lossProgram, given ?? example);
      return program.explain('TrainStep.explain', traced, given && { inputs: given, draw, runs });
    },
    release: () => program.release(),
  };
}

/**
 * The same step on the active tfjs backend, without compilation: slow, but every tensor can be looked at.
 */
export function eagerTrainStep(loss: LossFunction, options: TrainStepOptions): TrainStep {
  const { parameters, variables = {} } = options;
  const trainable = trainableNames(options);
  const gradients = Object.fromEntries(
    trainable.map((name) => [name, new Float32Array(sizeOf(parameters[name]!.shape))]),
  );
  const auxiliary: Record<string, TensorData> = {};
  return {
    gradients,
    auxiliary,
    nodeCount: 0,
    async run(batch, draw) {
      const results = tf.tidy(() =>
        withRandomness(draw, () => {
          const weights = toTensors(parameters);
          const {
            loss: value,
            gradients,
            auxiliary,
          } = withVariables(variables, weights, () =>
            lossAndGradients(loss, weights, toTensors(batch), trainable),
          );
          return { value, gradients, auxiliary };
        }),
      );
      try {
        const [value, ...arrays] = await Promise.all(
          [results.value, ...results.gradients].map((tensor) => tensor.data()),
        );
        for (const [index, name] of trainable.entries()) gradients[name]!.set(arrays[index]!);
        for (const [name, tensor] of Object.entries(results.auxiliary))
          auxiliary[name] = await toTensorData(tensor);
        return value![0]!;
      } finally {
        tf.dispose(results);
      }
    },
    release: async () => {},
  };
}

/** Without the arrays. */
function specsOf(tensors: Readonly<Record<string, TensorSpec>>): Record<string, TensorSpec> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
  );
}

function trainableNames({ parameters, trainable = () => true }: TrainStepOptions): string[] {
  return Object.keys(parameters).filter(trainable);
}

function prefixed<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));
}

function selected<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  const entries = Object.entries(record).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}
