import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { webRuntime } from '@wordloom/compile/web';
import { type GenerateOptions, generateText, type TextTokenizer } from '@wordloom/nn-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Gpt } from '../gpt/gpt.ts';
import { createGenerator } from './generator.ts';

const config = { vocabSize: 23, contextLength: 6, embeddingSize: 8, headCount: 2, layerCount: 2 } as const;
let runtime: Runtime;

beforeAll(async () => {
  await tf.setBackend('cpu');
  runtime = await nodeRuntime();
});

/** A model with weights large enough that its choices depend on all it sees. */
function opinionated(contextLength: number, seed = 1): Gpt {
  const model = new Gpt({ ...config, contextLength }, { seed });
  for (const { data } of model.parameters()) for (let i = 0; i < data.length; i++) data[i]! *= 20;
  return model;
}

/** The likeliest continuation by a full pass per token over the window the documentation promises. */
function greedyByFullPasses(model: Gpt, prompt: readonly number[], count: number): number[] {
  const { contextLength } = model.config;
  let window = prompt.slice(-contextLength);
  const generated: number[] = [];
  while (generated.length < count) {
    const scores = tf.tidy(() =>
      model.forward(tf.tensor2d([window], undefined, 'int32')).arraySync(),
    ) as number[][][];
    const last = scores[0]!.at(-1)!;
    generated.push(last.indexOf(Math.max(...last)));
    window.push(generated.at(-1)!);
    if (window.length > contextLength) window = window.slice(-Math.max(1, contextLength >> 1));
  }
  return generated;
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function generated(
  model: Gpt,
  prompt: readonly number[],
  options: GenerateOptions,
  on = runtime,
): Promise<number[]> {
  const generator = createGenerator(model, { runtime: on });
  try {
    return await collect(generator.generate(prompt, options));
  } finally {
    await generator.release();
  }
}

describe('createGenerator', () => {
  it.each([
    ['within the context', 40, [1, 2, 3], 20],
    ['over several full contexts', 6, [1, 2, 3], 40],
    ['from a prompt longer than the context', 6, [4, 5, 6, 7, 8, 9, 10, 11], 10],
    ['in a context of one token', 1, [4], 8],
  ])('gives the tokens of full passes %s', async (_, contextLength, prompt, maxTokens) => {
    const model = opinionated(contextLength);
    const tokens = await generated(model, prompt, { maxTokens, temperature: 0 });
    expect(tokens).toEqual(greedyByFullPasses(model, prompt, maxTokens));
    expect(new Set(tokens).size).toBeGreaterThan(1);
  });

  it('gives the tokens of a full pass with a cache that grows twice', async () => {
    const model = opinionated(300);
    const prompt = Array.from({ length: 50 }, (_, i) => i % 23);
    const tokens = await generated(model, prompt, { maxTokens: 225, temperature: 0 });
    // One pass over all of it shows what comes after each place: a causal model does not see what is behind.
    const scores = tf.tidy(() =>
      model.forward(tf.tensor2d([[...prompt, ...tokens]], undefined, 'int32')).arraySync(),
    ) as number[][][];
    const likeliest = scores[0]!.map((row) => row.indexOf(Math.max(...row)));
    expect(tokens).toEqual(likeliest.slice(prompt.length - 1, -1));
    expect(new Set(tokens).size).toBeGreaterThan(1);
  });

  it('gives the same tokens in WebAssembly', async () => {
    const model = opinionated(12);
    const options = { maxTokens: 30, temperature: 0.9, topK: 10, topP: 0.95, seed: 5 };
    expect(await generated(model, [1], options, await webRuntime())).toEqual(
      await generated(model, [1], options),
    );
  });

  it('draws the same tokens for the same seed, and others for another', async () => {
    const model = new Gpt(config);
    const draw = (seed: number) => generated(model, [1], { maxTokens: 20, seed });
    expect(await draw(3)).toEqual(await draw(3));
    expect(await draw(3)).not.toEqual(await draw(4));
  });

  it('generates several texts at once as one after the other', async () => {
    const generator = createGenerator(opinionated(9), { runtime });
    const write = (first: number) => collect(generator.generate([first], { maxTokens: 25, seed: first }));
    const apart = [await write(1), await write(2)];
    expect(await Promise.all([write(1), write(2)])).toEqual(apart);
    await generator.release();
  });

  it('uses the weights the model has when it is called', async () => {
    const model = opinionated(20);
    const generator = createGenerator(model, { runtime });
    const write = () => collect(generator.generate([1, 2], { maxTokens: 15, temperature: 0 }));
    await write();
    const other = opinionated(20, 2);
    for (const [name, { data }] of model.namedParameters()) data.set(other.namedParameters().get(name)!.data);
    expect(await write()).toEqual(greedyByFullPasses(other, [1, 2], 15));
    await generator.release();
  });

  it('ends before a stop token', async () => {
    const model = opinionated(40);
    const all = greedyByFullPasses(model, [1, 2, 3], 20);
    const stop = all.at(-1)!;
    const options = { maxTokens: 20, temperature: 0, stopTokens: [stop] };
    expect(await generated(model, [1, 2, 3], options)).toEqual(all.slice(0, all.indexOf(stop)));
  });

  it('throws the reason of an abort before the next token', async () => {
    const abort = new AbortController();
    const tokens: number[] = [];
    const writing = async (): Promise<void> => {
      const generator = createGenerator(new Gpt(config), { runtime });
      for await (const token of generator.generate([1], { maxTokens: 50, signal: abort.signal })) {
        if (tokens.push(token) === 3) abort.abort(new Error('enough'));
      }
    };
    await expect(writing()).rejects.toThrow('enough');
    expect(tokens).toHaveLength(3);
  });

  it.each([
    [[], { maxTokens: 1 }, 'generate: prompt must have at least one token, got none.'],
    [[1, 23], { maxTokens: 1 }, 'generate: prompt must have ids from 0 to 22, got 23 at index 1.'],
    [[1], { maxTokens: -1 }, 'generate: maxTokens must be a non-negative integer, got -1.'],
    [[1], { maxTokens: 1, topK: 0 }, 'generate: topK must be a positive integer, got 0.'],
  ])('refuses %o with %o', async (prompt, options, message) => {
    await expect(generated(new Gpt(config), prompt, options)).rejects.toThrow(message);
  });
});

describe('generateText', () => {
  /** UTF-8 bytes as tokens. */
  const bytes: TextTokenizer = {
    encode: (text) => Int32Array.from(new TextEncoder().encode(text)),
    createTextDecoder() {
      const decoder = new TextDecoder();
      return {
        push: (id) => decoder.decode(Uint8Array.of(id), { stream: true }),
        end: () => decoder.decode(),
      };
    },
  };
  /** A generator of given tokens. */
  const fixed = (tokens: Iterable<number>) => ({
    async *generate() {
      yield* tokens;
    },
    release: async () => {},
  });

  it('never ends a piece inside a character, and shows at the end that one was cut', async () => {
    const tokens = [...new TextEncoder().encode('a春b'), 0xe6];
    const pieces = await collect(generateText(fixed(tokens), bytes, '', { maxTokens: 9 }));
    expect(pieces).toEqual(['a', '春', 'b', '\ufffd']);
  });
});
