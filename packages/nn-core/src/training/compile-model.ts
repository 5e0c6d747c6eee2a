import {
  type CompiledFunction,
  type CompileOptions,
  compile,
  type Draw,
  type Runtime,
  type TensorData,
  type TensorFunction,
} from '@wordloom/compile';
import { inEvaluationMode, type Module } from '../module/module.ts';
import { parameterData } from '../module/parameter-data.ts';
import { bindParameters } from '../module/stored-tensor.ts';

/** Options of {@link compileModel}. */
export interface CompileModelOptions extends Pick<CompileOptions, 'inputs' | 'dimensions'> {
  /** Where it runs. */
  readonly runtime: Runtime;
}

/** Inputs with this prefix are the model's parameters and buffers. */
const PARAMETER = 'parameter.';

/**
 * Compiles a function of a model. Parameters and buffers are inputs of the graph, read where they are at every call:
 * after an optimizer step the same compiled function computes with the new values. It is traced in evaluation mode.
 *
 * @param program a pure tfjs function that calls the model
 * @returns an asynchronous function of the same inputs and outputs
 * @example
 * const logits = compileModel(model, ({ ids }) => ({ logits: model.forward(ids!) }), { runtime });
 * const { logits: values } = await logits({ ids: tensorData(Int32Array.of(1, 2, 3), [1, 3]) });
 * // With `inputs: { ids: { dtype: 'int32', shape: ['batch', 'length'] } }` one graph serves texts of all lengths.
 */
export function compileModel(
  model: Module,
  program: TensorFunction,
  options: CompileModelOptions,
): CompiledFunction {
  const parameters = model.namedTensors();
  const parameterInputs = Object.fromEntries(
    Object.entries(parameterData(parameters)).map(([name, tensor]) => [`${PARAMETER}${name}`, tensor]),
  );
  const compiled = compile((tensors) => {
    const bound = Object.fromEntries(
      [...parameters.keys()].map((name) => [name, tensors[`${PARAMETER}${name}`]!]),
    );
    const inputs = Object.fromEntries(Object.entries(tensors).filter(([name]) => !(name in parameterInputs)));
    return inEvaluationMode(model, () => bindParameters(parameters, bound, () => program(inputs)));
  }, options);
  const all = (inputs: Readonly<Record<string, TensorData>>) => ({ ...parameterInputs, ...inputs });
  const run = (
    inputs: Readonly<Record<string, TensorData>>,
    draw?: Draw,
  ): Promise<Record<string, TensorData>> => compiled(all(inputs), draw);
  const explain: CompiledFunction['explain'] = (inputs, ...options) =>
    compiled.explain(all(inputs), ...options);
  return Object.assign(run, { explain, release: () => compiled.release() });
}
