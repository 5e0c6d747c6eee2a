import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { tensorData } from '@wordloom/compile';
import { decodeSafetensors, encodeSafetensors, parameterData } from '@wordloom/nn-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import tinyRandom from '../../fixtures/gpt2-tiny-random.json' with { type: 'json' };
import { expectClose, tinyRandomGpt2 } from '../../test/goldens.ts';
import { Gpt } from '../gpt/gpt.ts';
import { loadGpt, saveGpt } from '../node.ts';
import { decodeGptCheckpoint, encodeGptCheckpoint, type GptCheckpoint } from './gpt-checkpoint.ts';

const config = { vocabSize: 5, contextLength: 4, embeddingSize: 6, headCount: 2, layerCount: 2 } as const;
const folder = await mkdtemp(join(tmpdir(), 'wordloom-gpt-'));

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterAll(() => rm(folder, { recursive: true }));

/** A checkpoint with its tensors or its configuration changed. */
function changed(
  checkpoint: GptCheckpoint,
  {
    config = {},
    tensors = (all) => all,
  }: {
    config?: Record<string, unknown>;
    tensors?: (all: Record<string, ReturnType<typeof tensorData>>) => typeof all;
  },
): GptCheckpoint {
  const all = Object.fromEntries(decodeSafetensors(checkpoint.weights).tensors);
  return {
    config: JSON.stringify({ ...(JSON.parse(checkpoint.config) as object), ...config }),
    weights: encodeSafetensors(tensors(all)),
  };
}

describe('encodeGptCheckpoint and decodeGptCheckpoint', () => {
  it.each([
    { ...config, dropout: 0.2, activation: 'gelu_new', bias: true, normEpsilon: 1e-6 } as const,
    { ...config, dropout: 0, activation: 'gelu', bias: false, normEpsilon: 1e-5 } as const,
  ])('return the model that went in: %o', (config) => {
    const model = new Gpt(config, { seed: 4 });
    const loaded = decodeGptCheckpoint(encodeGptCheckpoint(model));
    expect(loaded.config).toEqual(config);
    expect(parameterData(loaded.namedParameters())).toEqual(parameterData(model.namedParameters()));
  });

  it('write the names, shapes and fields of Hugging Face, with zero biases where the model has none', () => {
    const checkpoint = encodeGptCheckpoint(new Gpt({ ...config, bias: false }));
    const { tensors, metadata } = decodeSafetensors(checkpoint.weights);
    expect(metadata).toEqual({ format: 'pt' });
    expect([...tensors.keys()].filter((name) => !name.includes('.h.1.')).sort()).toEqual([
      'transformer.h.0.attn.c_attn.bias',
      'transformer.h.0.attn.c_attn.weight',
      'transformer.h.0.attn.c_proj.bias',
      'transformer.h.0.attn.c_proj.weight',
      'transformer.h.0.ln_1.bias',
      'transformer.h.0.ln_1.weight',
      'transformer.h.0.ln_2.bias',
      'transformer.h.0.ln_2.weight',
      'transformer.h.0.mlp.c_fc.bias',
      'transformer.h.0.mlp.c_fc.weight',
      'transformer.h.0.mlp.c_proj.bias',
      'transformer.h.0.mlp.c_proj.weight',
      'transformer.ln_f.bias',
      'transformer.ln_f.weight',
      'transformer.wpe.weight',
      'transformer.wte.weight',
    ]);
    expect(tensors.get('transformer.h.0.attn.c_attn.weight')!.shape).toEqual([6, 18]);
    expect(tensors.get('transformer.h.1.mlp.c_fc.bias')).toEqual(tensorData(new Float32Array(24), [24]));
    expect(JSON.parse(checkpoint.config)).toMatchObject({
      model_type: 'gpt2',
      n_embd: 6,
      n_head: 2,
      n_layer: 2,
      n_positions: 4,
      vocab_size: 5,
      activation_function: 'gelu',
      tie_word_embeddings: true,
    });
  });

  it('accept names without prefix, mask buffers and a second copy of the tied head', () => {
    const model = new Gpt(config, { seed: 2 });
    const checkpoint = changed(encodeGptCheckpoint(model), {
      tensors: (all) => ({
        ...Object.fromEntries(
          Object.entries(all).map(([name, tensor]) => [name.replace('transformer.', ''), tensor]),
        ),
        'h.0.attn.bias': tensorData(new Float32Array(16), [1, 1, 4, 4]),
        'h.0.attn.masked_bias': tensorData(Float32Array.of(-1e4), []),
        'lm_head.weight': all['transformer.wte.weight']!,
      }),
    });
    expect(parameterData(decodeGptCheckpoint(checkpoint).namedParameters())).toEqual(
      parameterData(model.namedParameters()),
    );
  });

  it.each<[string, Parameters<typeof changed>[1], string]>([
    [
      'another architecture',
      { config: { model_type: 'llama' } },
      'my/config.json: model_type must be "gpt2", got "llama".',
    ],
    [
      'a missing size',
      { config: { n_embd: undefined } },
      'my/config.json: n_embd must be a positive integer, got nothing.',
    ],
    [
      'heads that do not divide',
      { config: { n_head: 4 } },
      'my/config.json: n_embd must be a multiple of n_head (4), got 6.',
    ],
    [
      'a feed-forward of another width',
      { config: { n_inner: 7 } },
      'my/config.json: n_inner must be null or 24, got 7.',
    ],
    [
      'an untied head',
      { config: { tie_word_embeddings: false } },
      'my/config.json: tie_word_embeddings must be true, got false.',
    ],
    [
      'an unknown activation',
      { config: { activation_function: 'relu' } },
      'my/config.json: activation_function must be one of gelu, gelu_new, gelu_pytorch_tanh, got "relu".',
    ],
    [
      'more layers than the file has',
      { config: { n_layer: 3 } },
      'my/model.safetensors: h.2.ln_1.weight must be there, with shape [6], got nothing.',
    ],
    [
      'fewer layers than the file has',
      { config: { n_layer: 1 } },
      "my/model.safetensors: tensors must be those of a GPT-2 with 1 layers, got 'h.1.",
    ],
    [
      'another context length',
      { config: { n_positions: 8 } },
      'my/model.safetensors: wpe.weight must be float32 [8,6], got float32 [4,6].',
    ],
    [
      'biases where there should be none',
      {
        config: { bias: false },
        tensors: (all) => ({ ...all, 'transformer.ln_f.bias': tensorData(new Float32Array(6).fill(1), [6]) }),
      },
      'my/model.safetensors: ln_f.bias must be zero where config.json says "bias": false, got other values.',
    ],
    [
      'another head',
      { tensors: (all) => ({ ...all, 'lm_head.weight': tensorData(new Float32Array(30), [5, 6]) }) },
      'my/model.safetensors: lm_head.weight must equal wte.weight (tied embeddings), got other values.',
    ],
  ])('refuse %s, naming file and field', (_, change, message) => {
    const checkpoint = changed(encodeGptCheckpoint(new Gpt(config)), change);
    expect(() => decodeGptCheckpoint(checkpoint, 'my')).toThrow(message);
  });

  it('refuse a configuration that is not JSON or not an object', () => {
    const { weights } = encodeGptCheckpoint(new Gpt(config));
    expect(() => decodeGptCheckpoint({ config: '{', weights }, 'my')).toThrow(
      /^my\/config.json must be JSON, got: /,
    );
    expect(() => decodeGptCheckpoint({ config: '[]', weights }, 'my')).toThrow(
      'my/config.json must be a JSON object, got [].',
    );
  });
});

describe('saveGpt and loadGpt', () => {
  it('replace an older model and leave nothing else in the folder', async () => {
    const target = join(folder, 'new', 'model');
    await saveGpt(target, new Gpt({ ...config, layerCount: 1 }));
    const model = new Gpt(config, { seed: 9 });
    await saveGpt(target, model);
    expect(await readdir(target)).toEqual(['config.json', 'model.safetensors']);
    const loaded = await loadGpt(target);
    expect(parameterData(loaded.namedParameters())).toEqual(parameterData(model.namedParameters()));
  });

  it('name the path of a file that is missing or cut short', async () => {
    await expect(loadGpt(join(folder, 'nowhere'))).rejects.toThrow(/ENOENT.*nowhere/);
    const target = join(folder, 'cut');
    await saveGpt(target, new Gpt(config));
    const weights = join(target, 'model.safetensors');
    await writeFile(weights, (await readFile(weights)).subarray(0, 900));
    await expect(loadGpt(target)).rejects.toThrow(weights);
  });

  const tiny = tinyRandomGpt2();
  it.skipIf(!tiny)('read a GPT-2 of Hugging Face: its logits are those of PyTorch', async () => {
    const model = await loadGpt(tiny!);
    const { prompt, logits } = tinyRandom;
    const actual = tf.tidy(() => {
      const all = model.forward(tf.tensor2d([prompt], undefined, 'int32')); // [1, T, V]
      return tf.slice(all, [0, prompt.length - 1, 0], [1, 1, logits.length]).dataSync();
    });
    expectClose(actual, logits, 1e-5);
  });
});
