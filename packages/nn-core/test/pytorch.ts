import { readFileSync } from 'node:fs';
import { type TensorData, tensorData } from '@wordloom/compile';
import { expect } from 'vitest';

/** A tensor as fixtures/pytorch.py writes it. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A layer's forward pass and the gradients of sum(output · upstream). */
export interface LayerGolden {
  readonly input: PlainTensor;
  readonly parameters: Readonly<Record<string, PlainTensor>>;
  readonly output: PlainTensor;
  readonly upstream: PlainTensor;
  readonly gradients: Readonly<Record<string, PlainTensor>>;
  readonly inputGradient?: PlainTensor;
}

export interface CrossEntropyGolden {
  readonly loss: number;
  readonly gradient: PlainTensor;
}

export interface AdamWGolden {
  readonly start: Readonly<Record<string, PlainTensor>>;
  readonly clipNorm: number | null;
  readonly steps: readonly {
    readonly learningRate: number;
    readonly gradients: Readonly<Record<string, PlainTensor>>;
    readonly norm: number | null;
    readonly matrix: readonly number[];
    readonly vector: readonly number[];
  }[];
  readonly firstMoment: PlainTensor;
  readonly secondMoment: PlainTensor;
}

export interface PyTorchGoldens {
  readonly linear: LayerGolden;
  readonly linearWithoutBias: LayerGolden;
  readonly embedding: LayerGolden;
  readonly layerNorm: LayerGolden;
  readonly crossEntropy: {
    readonly logits: PlainTensor;
    readonly targets: PlainTensor;
    readonly all: CrossEntropyGolden;
    readonly ignoring2: CrossEntropyGolden;
  };
  readonly adamw: AdamWGolden;
  readonly adamwClipped: AdamWGolden;
}

export function readGoldens(): PyTorchGoldens {
  const url = new URL('../fixtures/pytorch.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as PyTorchGoldens;
}

export function float32({ data, shape }: PlainTensor): TensorData & { readonly data: Float32Array } {
  return tensorData(Float32Array.from(data), shape) as TensorData & { readonly data: Float32Array };
}

export function int32({ data, shape }: PlainTensor): TensorData {
  return tensorData(Int32Array.from(data), shape);
}

/** Every element within `tolerance`, relative to elements above 1. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!) / Math.max(1, Math.abs(expected[index]!));
    expect(error, `element ${index}: ${actual[index]} for ${expected[index]}`).toBeLessThanOrEqual(tolerance);
  }
}
