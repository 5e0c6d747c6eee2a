import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TensorData } from '@wordloom/compile';
import { decodeSafetensors, encodeSafetensors } from '@wordloom/nn-core';
import { expect } from 'vitest';
import { decodeGptCheckpoint } from '../src/checkpoint/gpt-checkpoint.ts';
import { gpt2Place } from '../src/checkpoint/gpt2-names.ts';
import type { Gpt } from '../src/gpt/gpt.ts';
import type { GptActivation } from '../src/gpt/gpt-config.ts';

/** What PyTorch computed for a tiny GPT: see fixtures/make-gpt-goldens.py. */
export interface GptGolden {
  readonly model: Gpt;
  readonly inputs: TensorData;
  readonly targets: TensorData;
  readonly logits: TensorData;
  readonly loss: number;
  /** By our parameter names; Conv1D gradients still stand as `[in, out]`. */
  gradient(name: string): { readonly tensor: TensorData; readonly transposed: boolean };
}

export function readGptGolden(file: string, activation: GptActivation, bias: boolean): GptGolden {
  const { tensors } = decodeSafetensors(readFileSync(new URL(`../fixtures/${file}`, import.meta.url)), file);
  const weights = [...tensors].filter(([name]) => name.startsWith('weight.'));
  const config = {
    model_type: 'gpt2',
    vocab_size: 11,
    n_positions: 6,
    n_embd: 8,
    n_head: 2,
    n_layer: 2,
    resid_pdrop: 0,
    activation_function: activation,
    bias,
  };
  const model = decodeGptCheckpoint({
    config: JSON.stringify(config),
    weights: encodeSafetensors(
      Object.fromEntries(weights.map(([name, tensor]) => [name.slice('weight.'.length), tensor])),
    ),
  });
  return {
    model,
    inputs: tensors.get('inputs')!,
    targets: tensors.get('targets')!,
    logits: tensors.get('logits')!,
    loss: tensors.get('loss')!.data[0]!,
    gradient(name) {
      const place = gpt2Place(name);
      return { tensor: tensors.get(`gradient.transformer.${place.name}`)!, transposed: place.transposed };
    },
  };
}

/** Folder of development data; tests that need it are skipped where it is not there. */
const dataFolder =
  process.env.WORDLOOM_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

/** hf-internal-testing/tiny-random-gpt2, or undefined. */
export function tinyRandomGpt2(): string | undefined {
  const folder = `${dataFolder}/ckpt-gpt2-tiny-random`;
  return existsSync(folder) ? folder : undefined;
}

/** Every element within `tolerance`, relative to elements above 1. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-4): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!) / Math.max(1, Math.abs(expected[index]!));
    expect(error, `element ${index}: ${actual[index]} for ${expected[index]}`).toBeLessThanOrEqual(tolerance);
  }
}
