import { RandomStream, type TensorData, tensorData } from '@wordloom/compile';
import type { TrainableModel } from '@wordloom/nn-core';
import type { OptimizerName } from '../contestants/protocol.ts';
import { buildModel } from '../models/model-spec.ts';
import { recordOfRounds } from '../report/record.ts';
import { compare } from './comparison.ts';
import { usualEntrants } from './entrants.ts';
import { GPT_CASES } from './gpt-cases.ts';
import type { Suite, SuiteContext, SuiteResult } from './suite.ts';
import { joinResults } from './train-comparison.ts';

const NAME = 'optimizer-step';
const OPTIMIZERS: readonly OptimizerName[] = [
  'AdamW',
  'SGD',
  'Adagrad',
  'RMSProp',
  'Lion',
  'Adafactor',
  'Muon',
];
/** The gradients' norm is above it, so that clipping has something to do. */
const CLIP_NORM = 1;
/** How far weights may be apart after all steps. */
const TOLERANCE = 1e-5;

/** Clipping and one step of each optimizer, over the parameters of the larger GPT. */
export const optimizerStep: Suite = {
  name: NAME,
  summary: 'clipping and one optimizer step over the 10.8 million parameters of a GPT, beside PyTorch',
  async run(context) {
    const { config } = GPT_CASES.at(-1)!;
    const model = { architecture: 'gpt', config } as const;
    const gradients = gradientsFor(buildModel(model));
    const results: SuiteResult[] = [];
    for (const optimizer of OPTIMIZERS) {
      results.push(await runCase(optimizer, model, gradients, context));
    }
    return joinResults(results);
  },
};

async function runCase(
  optimizer: OptimizerName,
  model: { readonly architecture: 'gpt'; readonly config: (typeof GPT_CASES)[number]['config'] },
  gradients: Readonly<Record<string, TensorData>>,
  context: SuiteContext,
): Promise<SuiteResult> {
  const { quick, threads } = context;
  const slow = optimizer === 'Muon';
  const { own, peers, versions, notes } = await compare(
    optimizer,
    {
      job: { task: 'optimize', model, threads, optimizer, clipNorm: CLIP_NORM },
      data: gradients,
      rounds: context.rounds ?? (quick ? 2 : 10),
      warmUp: slow || quick ? 1 : 3,
      entrants: await usualEntrants({ samples: slow ? 1 : 5, leadIn: 1 }, undefined, context),
    },
    context,
  );
  const count = Object.values(gradients).reduce((sum, { data }) => sum + data.length / 2, 0);
  const perParameter = (rounds: readonly (readonly number[])[]): number[][] =>
    rounds.map((samples) => samples.map((milliseconds) => (milliseconds * 1e6) / count));
  const subject = { suite: NAME, case: optimizer, metric: 'time per parameter', unit: 'ns' } as const;
  const differences = peers.map((peer) => largestDifference(own.outcomes, peer.outcomes));
  return {
    records:
      peers.length === 0
        ? [recordOfRounds(subject, perParameter(own.rounds))]
        : peers.map(({ name, rounds }, index) => {
            const quality = { name: 'weights apart', value: differences[index]!, peerValue: null };
            const peer = { name, rounds: perParameter(rounds) };
            return recordOfRounds({ ...subject, quality }, perParameter(own.rounds), peer);
          }),
    versions,
    notes,
    failures: peers.flatMap(({ name }, index) => {
      if (differences[index]! <= TOLERANCE) return [];
      return [`${optimizer}: Wordloom's and ${name}'s weights differ by ${differences[index]}.`];
    }),
  };
}

/** Two gradients of each parameter, normal with deviation 1e-3. */
function gradientsFor(model: TrainableModel): Record<string, TensorData> {
  const gradients: Record<string, TensorData> = {};
  for (const parity of [0, 1]) {
    const random = new RandomStream(1, parity);
    for (const [name, { data, shape }] of model.namedParameters()) {
      const values = Float32Array.from(data, () => 1e-3 * random.normal());
      gradients[`${parity}.${name}`] = tensorData(values, shape);
    }
  }
  return gradients;
}

/** Over the samples that both took after each turn; NaN if one is. */
function largestDifference(own: readonly number[], peer: readonly number[]): number {
  const count = Math.min(own.length, peer.length);
  return Math.max(...own.slice(0, count).map((value, index) => Math.abs(value - peer[index]!)));
}
