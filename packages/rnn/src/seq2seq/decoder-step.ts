import type * as tf from '@tensorflow/tfjs-core';
import type { CellState } from '../cells/recurrent-cell.ts';

/** What the decoder knows of the source. */
export interface EncodedSource {
  /** `[batch, source, hiddenSize]` */
  readonly memory: tf.Tensor;
  /** What attention has prepared of it, `[batch, source, hiddenSize]`. */
  readonly keys: tf.Tensor;
  /** `[batch, source]`: 0 for words, very negative for padding. */
  readonly hidden: tf.Tensor;
  /** int32 `[batch, source]`: the target's id of each word, where words are copied. */
  readonly copyIds?: tf.Tensor | undefined;
  /** The decoder's first state. */
  readonly state: DecoderState;
}

/** What stays the same from step to step. */
export type DecoderSource = Omit<EncodedSource, 'state'>;

/**
 * What a decoder carries from step to step, `[batch, size]` each: `hidden0`, `cell0`, … by layer, `fed`, what attention gave, and `coverage`, how much each
 * word of the source has counted.
 */
export type DecoderState = Readonly<Record<string, tf.Tensor>>;

/** What one step of the decoder gives. */
export interface DecoderStep {
  /** What the output layer reads: `[batch, outputSize]`. */
  readonly output: tf.Tensor;
  /** How much each word of the source counted: `[batch, source]`; zeros without attention. */
  readonly weights: tf.Tensor;
  /** `[batch, 1]`, where words are copied: how likely one is written instead. */
  readonly generate?: tf.Tensor | undefined;
  /** `[batch]`, where there is coverage: Σ min(weights, coverage). */
  readonly overlap?: tf.Tensor | undefined;
  readonly state: DecoderState;
}

/** What words are scored by. */
export type ScoredStep = Pick<DecoderStep, 'output' | 'weights' | 'generate'>;

/** `hidden0`, `cell0`, `hidden1`, … as one record for each layer. */
export function layersOf(state: DecoderState, layerCount: number): CellState[] {
  const layers: Record<string, tf.Tensor>[] = Array.from({ length: layerCount }, () => ({}));
  for (const [name, tensor] of Object.entries(state)) {
    const [, part, layer] = /^(\D+)(\d+)$/.exec(name) ?? [];
    if (part && layer) layers[Number(layer)]![part] = tensor;
  }
  return layers;
}

/** The opposite of {@link layersOf}. */
export function flattened(states: readonly CellState[]): DecoderState {
  return Object.fromEntries(
    states.flatMap((state, layer) =>
      Object.entries(state).map(([name, tensor]) => [`${name}${layer}`, tensor]),
    ),
  );
}
