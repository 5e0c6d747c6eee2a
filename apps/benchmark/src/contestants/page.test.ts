import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, findChromium, launchChromium, type ServedPage, servePage } from '@wordloom/chromium';
import { tensorData } from '@wordloom/compile';
import { parameterData } from '@wordloom/nn-core';
import { readSafetensors, writeSafetensors } from '@wordloom/nn-core/node';
import { Gpt, type GptConfig } from '@wordloom/transformer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEngine } from './engine.ts';
import { startPageContestant } from './page.ts';
import type { TrainJob } from './protocol.ts';
import { trainTurns } from './train-turns.ts';

const chromium = await findChromium();

describe.skipIf(!chromium)('contestants in a page', () => {
  let folder: string;
  let served: ServedPage;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'page-contestant-'));
    served = await servePage(fileURLToPath(new URL('../../web', import.meta.url)));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await rm(folder, { recursive: true });
  });

  it('train in workers with the losses of Node, and the page is watched meanwhile', async () => {
    const config: Required<GptConfig> = {
      vocabSize: 11,
      contextLength: 4,
      embeddingSize: 8,
      headCount: 2,
      layerCount: 1,
      dropout: 0,
      bias: true,
      activation: 'gelu',
      normEpsilon: 1e-5,
    };
    const [weightsPath, dataPath] = [join(folder, 'weights'), join(folder, 'data')];
    await writeSafetensors(weightsPath, parameterData(new Gpt(config, { seed: 3 }).namedParameters()));
    const tokens = Int32Array.from({ length: 33 }, (_, index) => (index * index) % config.vocabSize);
    await writeSafetensors(dataPath, {
      inputs: tensorData(tokens.subarray(0, 32), [4, 2, 4]),
      targets: tensorData(tokens.subarray(1), [4, 2, 4]),
    });
    const job: TrainJob = {
      task: 'train',
      model: { architecture: 'gpt', config },
      threads: 2,
      optimizer: { learningRate: 0.01, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 },
      weightsPath,
      dataPath,
    };
    const weights = (await readSafetensors(weightsPath)).tensors;
    const data = (await readSafetensors(dataPath)).tensors;
    const inNode = await trainTurns(job, { weights, data }, await loadEngine('wordloom', 1));
    const { outcomes: expected } = await inNode.turn(4);

    const page = await browser.newPage();
    await page.goto(served.address);
    for (const engine of ['wordloom-wasm', 'tfjs-wasm'] as const) {
      const contestant = await startPageContestant(page, served, engine, job);
      const turns = [await contestant.turn(3), await contestant.turn(1)];
      expect(turns[0]!.milliseconds).toHaveLength(3);
      expect(turns[0]!.longestGapMilliseconds).toBeGreaterThan(0);
      const losses = turns.flatMap(({ outcomes }) => outcomes);
      expect(losses).toHaveLength(4);
      for (const [step, loss] of losses.entries()) {
        expect(loss, `${engine}, step ${step}`).toBeCloseTo(expected[step]!, 4);
      }
      await contestant.stop();
    }
  });
});
