import type * as tf from '@tensorflow/tfjs-core';
import { tensorData } from '@wordloom/compile';
import type { CellState } from '../cells/recurrent-cell.ts';
import type { Values } from '../model-program.ts';
import type { RecurrentLanguageModel } from './recurrent-language-model.ts';

const nameOf = (layer: number, name: string): string => `state.${layer}.${name}`;

/** The state of every layer before the first token, by name: what programs of a model are given and give back. */
export function zeroState(model: RecurrentLanguageModel, batchSize: number): Values {
  return Object.fromEntries(
    model.layers.flatMap((layer, index) =>
      Object.entries(layer.stateShapes(batchSize)).map(([name, shape]) => [
        nameOf(index, name),
        tensorData(new Float32Array(shape.reduce((product, axis) => product * axis, 1)), shape),
      ]),
    ),
  );
}

/** States by layer as tensors by name. */
export function stateByName(states: readonly CellState[]): Record<string, tf.Tensor> {
  return Object.fromEntries(
    states.flatMap((state, layer) =>
      Object.entries(state).map(([name, tensor]) => [nameOf(layer, name), tensor]),
    ),
  );
}

/** What {@link stateByName} was given. */
export function stateFromNames(
  tensors: Readonly<Record<string, tf.Tensor>>,
  layerCount: number,
): CellState[] {
  return Array.from({ length: layerCount }, (_, layer) => {
    const prefix = nameOf(layer, '');
    const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  });
}
