import { RandomStream, tensorData } from '@wordloom/compile';
import type { Suite } from './suite.ts';
import { BATCH_COUNT, compareTraining, type TrainingCase, type TrainingData } from './train-comparison.ts';

const [TIME, BATCH] = [64, 32];
const CONFIG = { vocabSize: 5000, embeddingSize: 256, hiddenSize: 256, layerCount: 2 } as const;

export const lstmCase: TrainingCase = {
  name: 'lstm-2x256',
  model: { architecture: 'lstm', config: CONFIG },
  rounds: 8,
  steps: 4,
  eagerRounds: 1,
};

/** One training step of a recurrent language model. */
export const trainLstm: Suite = {
  name: 'train-lstm',
  summary: 'one training step of an LSTM language model beside PyTorch and eager tfjs',
  run: (context) => compareTraining('train-lstm', lstmCase, zipfBatches(), context),
};

/** Words with the frequencies of Zipf's law, each followed by a word of its own half of the time: something to learn. */
export function zipfBatches(): TrainingData {
  const random = new RandomStream(1);
  const { vocabSize } = CONFIG;
  const length = TIME + 1;
  const shape = [BATCH_COUNT, BATCH, TIME];
  const inputs = new Int32Array(BATCH_COUNT * TIME * BATCH);
  const targets = new Int32Array(inputs.length);
  for (let window = 0; window < BATCH_COUNT * BATCH; window++) {
    let word = 0;
    for (let time = 0; time < length; time++) {
      // vocabSize^u − 1 with u uniform: frequencies close to 1 / rank
      const rare = Math.floor(vocabSize ** random.uniform()) - 1;
      word = time > 0 && random.uniform() < 0.5 ? (7 * word + 1) % vocabSize : rare;
      const place = window * TIME + time; // [step, row, time]
      if (time < TIME) inputs[place] = word;
      if (time > 0) targets[place - 1] = word;
    }
  }
  return { inputs: tensorData(inputs, shape), targets: tensorData(targets, shape) };
}
