import '@tensorflow/tfjs-backend-cpu';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as tf from '@tensorflow/tfjs-core';
import { type TensorData, tensorData, toTensors } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { loadParameters } from '@wordloom/nn-core';
import { readSafetensors } from '@wordloom/nn-core/node';
import { expect, test } from 'vitest';
import { expectClose } from '../../nn-core/test/pytorch.ts';
import { Seq2Seq, torchLstmWeights, transduce } from '../src/index.ts';

interface Golden {
  /** In the order of their ids. */
  readonly letters: string;
  readonly dates: readonly string[];
  readonly answers: readonly string[];
  /** `[dates, 10, letters]` */
  readonly logits: readonly number[];
  /** `[dates, 10, source]` */
  readonly weights: readonly number[];
}

const golden = JSON.parse(
  readFileSync(new URL('../fixtures/date-attention.json', import.meta.url), 'utf8'),
) as Golden;
const data = process.env.WORDLOOM_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const checkpoint = `${data}/ckpt-date-attention-seq2seq/model.safetensors`;

/** The book's model: both LSTMs in one direction, only the hidden state goes over, and the output layer reads context and state as they are. */
async function dateModel(): Promise<Seq2Seq> {
  const { tensors } = await readSafetensors(checkpoint);
  const model = new Seq2Seq({
    sourceVocabSize: 59,
    targetVocabSize: 59,
    embeddingSize: 16,
    hiddenSize: 256,
    cell: 'lstm',
    bidirectional: false,
    attention: 'luong-dot',
    inputFeeding: false,
    attentionLayer: false,
    firstState: 'hidden',
  });
  const lstm = (side: string): [string, TensorData][] => {
    const weights = torchLstmWeights({
      kernel: tensors.get(`${side}.lstm.Wx`)!,
      recurrentKernel: tensors.get(`${side}.lstm.Wh`)!,
      bias: tensors.get(`${side}.lstm.b`)!,
      gates: 'fgio',
    });
    return Object.entries(weights).map(([name, tensor]) => [`${side}.${name}`, tensor]);
  };
  const affine = tensors.get('decoder.affine.W')!.data; // [512, 59]
  const output = Float32Array.from(affine, (_, at) => affine[(at % 512) * 59 + Math.floor(at / 512)]!);
  loadParameters(
    model,
    new Map([
      ['sourceEmbedding.weight', tensors.get('encoder.embed.W')!],
      ['targetEmbedding.weight', tensors.get('decoder.embed.W')!],
      ...lstm('encoder'),
      ...lstm('decoder'),
      ['output.weight', tensorData(output, [59, 512])],
      ['output.bias', tensors.get('decoder.affine.b')!],
    ]),
  );
  return model.eval();
}

/** Read from the end, as it was trained. */
function sourcesOf(dates: readonly string[]): TensorData {
  const ids = dates.flatMap((date) => [...date].reverse().map((letter) => golden.letters.indexOf(letter)));
  return tensorData(Int32Array.from(ids), [dates.length, dates[0]!.length]);
}

test.skipIf(!existsSync(checkpoint))('a model that was trained with NumPy rewrites dates', async () => {
  const model = await dateModel();
  const start = golden.letters.indexOf('_');
  const answers = golden.answers.flatMap((answer) =>
    [...answer].map((letter) => golden.letters.indexOf(letter)),
  );
  const decoderInputs = answers.map((_, at) => (at % 10 === 0 ? start : answers[at - 1]!));
  const batch = toTensors({
    inputs: sourcesOf(golden.dates),
    decoderInputs: tensorData(Int32Array.from(decoderInputs), [golden.dates.length, 10]),
  });
  const close = (tensor: tf.Tensor, expected: readonly number[]): void =>
    expectClose(tensor.dataSync(), expected as number[], 1e-4);
  close(model.forward(batch), golden.logits);
  close(model.attentionWeights(batch), golden.weights);

  const found = await transduce(
    model,
    { inputs: sourcesOf(golden.dates) },
    { startId: start, endId: start, maxLength: 10, runtime: await nodeRuntime() },
  );
  expect(found.map(([best]) => best!.ids.map((id) => golden.letters[id]).join(''))).toEqual(golden.answers);
});
