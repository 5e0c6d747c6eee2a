import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Linear, modelData } from '@wordloom/nn-core';
import { afterAll, describe, expect, test } from 'vitest';
import {
  decodeModelCheckpoint,
  encodeModelCheckpoint,
  RecurrentLanguageModel,
  Seq2Seq,
  SequenceClassifier,
} from '../src/index.ts';
import { loadModel, saveModel } from '../src/node.ts';

const SIZES = { vocabSize: 7, embeddingSize: 4, hiddenSize: 6 };
const MODELS = {
  'recurrent-language-model': new RecurrentLanguageModel(
    { ...SIZES, layerCount: 2, tied: true, locked: true, weightDropout: 0.3 },
    { seed: 1 },
  ),
  'sequence-classifier': new SequenceClassifier(
    { ...SIZES, classCount: 3, pooling: 'attention', cell: 'gru' },
    { seed: 2 },
  ),
  seq2seq: new Seq2Seq(
    {
      sourceVocabSize: 5,
      targetVocabSize: 6,
      embeddingSize: 4,
      hiddenSize: 8,
      cell: 'lstm',
      attention: 'bahdanau',
    },
    { seed: 3 },
  ),
};
const folder = await mkdtemp(join(tmpdir(), 'wordloom-rnn-'));
afterAll(() => rm(folder, { recursive: true }));

describe('encodeModelCheckpoint and decodeModelCheckpoint', () => {
  test.each(Object.entries(MODELS))('return a %s as it went in', (type, model) => {
    const decoded = decodeModelCheckpoint(encodeModelCheckpoint(model, { labels: ['a', 'b'] }));
    expect(decoded.type).toBe(type);
    expect(decoded.model.config).toEqual(model.config);
    expect(modelData(decoded.model)).toEqual(modelData(model));
    expect(decoded.extra).toEqual({ labels: ['a', 'b'] });
  });

  const good = encodeModelCheckpoint(MODELS['sequence-classifier']);
  const changed = (change: object) => ({
    ...good,
    config: JSON.stringify({ ...(JSON.parse(good.config) as object), ...change }),
  });

  test.each<[object, string]>([
    [{ model_type: 'bert' }, 'my/config.json: model_type must be one of recurrent-language-model, '],
    [{ hiddenSize: 0 }, 'my/config.json: SequenceClassifier: hiddenSize must be'],
    [{ pooling: 'sum' }, 'my/config.json: SequenceClassifier: pooling must be'],
    [{ heads: 4 }, 'my/config.json: heads must not be there: a sequence-classifier has no such field.'],
    [{ classCount: 4 }, 'my/model.safetensors: '],
    [{ layerCount: 2 }, 'my/model.safetensors: '],
  ])('refuse %j, naming the file', (change, message) => {
    expect(() => decodeModelCheckpoint(changed(change), 'my')).toThrow(message);
  });

  test('refuse what is no JSON object', () => {
    expect(() => decodeModelCheckpoint({ ...good, config: '{' }, 'my')).toThrow(
      /^my\/config.json must be JSON/,
    );
    expect(() => decodeModelCheckpoint({ ...good, config: '[]' }, 'my')).toThrow(
      'must be a JSON object, got []',
    );
  });

  test('refuse a model of another kind', () => {
    expect(() => encodeModelCheckpoint(new Linear(2, 3) as never)).toThrow('got Linear');
  });
});

describe('saveModel and loadModel', () => {
  test('write two files that a model comes back from', async () => {
    const target = join(folder, 'new', 'model');
    await saveModel(target, MODELS.seq2seq);
    await saveModel(target, MODELS['recurrent-language-model']);
    expect((await readdir(target)).sort()).toEqual(['config.json', 'model.safetensors']);
    const { type, model } = await loadModel(target);
    expect(type).toBe('recurrent-language-model');
    expect(modelData(model)).toEqual(modelData(MODELS['recurrent-language-model']));
  });

  test('name a file that is missing or cut', async () => {
    await expect(loadModel(join(folder, 'nowhere'))).rejects.toThrow(/ENOENT.*nowhere/);
    const target = join(folder, 'cut');
    await saveModel(target, MODELS.seq2seq);
    await truncate(join(target, 'model.safetensors'), 700);
    await expect(loadModel(target)).rejects.toThrow(join(target, 'model.safetensors'));
    await writeFile(
      join(target, 'config.json'),
      (await readFile(join(target, 'config.json'), 'utf8')).slice(0, 30),
    );
    await expect(loadModel(target)).rejects.toThrow(join(target, 'config.json'));
  });
});
