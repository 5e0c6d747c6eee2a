import * as tf from '@tensorflow/tfjs-core';
import { toTensorData } from './host-tensors.ts';
import { describeSpec, ShapeError, type TensorData } from './tensor-data.ts';

/** Variables of a tfjs model by name. */
export type Variables = Readonly<Record<string, tf.Variable>>;

/**
 * Copies the values of variables to the host, to be the parameters of a training step.
 *
 * @example
 * const variables = Object.fromEntries(model.trainableWeights.map((weight) => [weight.name, weight.read() as tf.Variable]));
 * const parameters = await variableData(variables);
 * const step = await compileTrainStep((_, { x, y }) => loss(y!, model.apply(x!)), { runtime, parameters, variables, batch });
 */
export async function variableData(variables: Variables): Promise<Record<string, TensorData>> {
  const entries = Object.entries(variables).map(async ([name, variable]) => {
    return [name, await toTensorData(variable)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Puts trained parameters back into the variables, for the model to go on with eagerly or to be saved.
 *
 * @throws {ShapeError} if a parameter is missing or has another type or shape than its variable; then no variable is changed
 */
export function assignVariables(
  variables: Variables,
  parameters: Readonly<Record<string, TensorData>>,
): void {
  for (const [name, variable] of Object.entries(variables)) {
    requireSame('assignVariables', name, variable, parameters[name]);
  }
  for (const [name, variable] of Object.entries(variables)) {
    const { data, shape, dtype } = parameters[name]!;
    const value = tf.tensor(data.slice(), [...shape], dtype);
    variable.assign(value);
    value.dispose();
  }
}

/**
 * Runs `fn`, in which each variable is the tensor of the same name: what is computed with the one has gradients with respect to the other.
 *
 * @throws {ShapeError} if there is no such tensor, or one of another type or shape
 */
export function withVariables<T>(
  variables: Variables,
  tensors: Readonly<Record<string, tf.Tensor>>,
  fn: () => T,
): T {
  const swapped: (readonly [tf.Variable, Identity])[] = [];
  try {
    for (const [name, variable] of Object.entries(variables)) {
      const tensor = tensors[name];
      requireSame('compileTrainStep: variables', name, variable, tensor);
      swapped.push([variable, { id: variable.id, dataId: variable.dataId }]);
      Object.assign(variable, { id: tensor!.id, dataId: tensor!.dataId } satisfies Identity);
    }
    return fn();
  } finally {
    for (const [variable, identity] of swapped) Object.assign(variable, identity);
  }
}

/** What tfjs knows a tensor by: its place on the tape, and its values. */
type Identity = Pick<tf.Tensor, 'id' | 'dataId'>;

interface Spec {
  readonly dtype: string;
  readonly shape: readonly number[];
}

function requireSame(caller: string, name: string, variable: Spec, given: Spec | undefined): void {
  const same = given && given.dtype === variable.dtype && `${given.shape}` === `${variable.shape}`;
  if (same) return;
  const got = given ? describeSpec(given as TensorData) : 'nothing';
  throw new ShapeError(
    `${caller}: the parameter "${name}" must be ${describeSpec(variable as TensorData)}, as its variable is, got ${got}.`,
  );
}
