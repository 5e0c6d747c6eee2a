import type { LossFunction, TrainStepOptions } from '@wordloom/compile';
import type { Batch } from '../data/batch.ts';
import { parameterData } from '../module/parameter-data.ts';
import { bindParameters } from '../module/stored-tensor.ts';
import type { BufferUpdates } from './buffer-updates.ts';
import type { TrainableModel } from './trainable-model.ts';

/** The loss of a model as a function of its tensors, and what a training step with it is made of. */
export function trainStepProgram(
  model: TrainableModel,
  batch: Batch,
  buffers: BufferUpdates,
): { loss: LossFunction; options: TrainStepOptions } {
  const parameters = model.namedParameters();
  const stored = model.namedTensors(); // buffers are inputs as well, so that the graph reads them where they are
  return {
    loss: (tensors, batch) => bindParameters(stored, tensors, () => buffers.loss(model, batch)),
    options: {
      parameters: parameterData(stored),
      batch,
      trainable: (name) => parameters.get(name)?.trainable ?? false,
    },
  };
}
