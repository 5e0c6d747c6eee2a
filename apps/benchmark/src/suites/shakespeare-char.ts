import { nodeRuntime } from '@wordloom/compile/node';
import { evaluate, sequentialWindows, train } from '@wordloom/nn-core';
import { gptRecipes, prepareGptTraining } from '@wordloom/transformer';
import { recordOf } from '../report/record.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite } from './suite.ts';

const NAME = 'shakespeare-char';
/** What nanoGPT's README reports for its CPU setting. */
const PUBLISHED_LOSS = 1.88;

/** The recipe of that name, trained and evaluated from start to end. */
export const shakespeareChar: Suite = {
  name: NAME,
  summary:
    'a GPT trained on tinyshakespeare from start to end: time, and held-out loss beside nanoGPT’s published one',
  onRequest: true,
  async run({ quick, threads, signal, progress }) {
    const recipe = gptRecipes[NAME];
    const { tokens, tokenizer } = await readShakespeare();
    const cut = Math.floor(tokens.length * 0.9);
    const { model, data, ...training } = prepareGptTraining(tokens.subarray(0, cut), {
      recipe: quick ? { ...recipe, steps: 50 } : recipe,
      vocabSize: tokenizer.vocabSize,
      seed: 1,
    });
    const runtime = await nodeRuntime({ threads });
    const start = performance.now();
    for await (const event of train(model, data, { ...training, runtime, signal })) {
      if (event.type === 'step-end' && event.step % 20 === 0)
        progress(`step ${event.step} of ${training.steps}`);
    }
    signal.throwIfAborted();
    const seconds = (performance.now() - start) / 1000;
    const { contextLength } = model.config;
    const windows = sequentialWindows(tokens.subarray(cut), { batchSize: 16, contextLength });
    const loss = await evaluate(model, windows, { runtime, signal });
    const quality = { name: 'held-out loss', value: loss, peerValue: PUBLISHED_LOSS };
    const subject = { suite: NAME, case: 'gpt-4x4x128', quality } as const;
    return {
      records: [
        recordOf({ ...subject, metric: `training, ${training.steps} steps`, unit: 's' }, seconds),
        recordOf(
          { ...subject, metric: 'training speed', unit: 'tokens/s' },
          (training.steps * data.tokensPerBatch) / seconds,
        ),
      ],
      versions: {},
      notes: ["The second figure of the quality is the one in nanoGPT's README."],
      failures:
        quick || loss <= PUBLISHED_LOSS ? [] : [`the held-out loss is ${loss}, more than ${PUBLISHED_LOSS}.`],
    };
  },
};
