import { fileURLToPath } from 'node:url';
import { launchChromium, type Page, type ServedPage, servePage } from '@wordloom/chromium';
import type { WebEngine } from '../../web/engines.ts';
import { nodeLaunch } from '../contestants/node.ts';
import { startPageContestant } from '../contestants/page.ts';
import { recordOf, recordOfRounds } from '../report/record.ts';
import type { Comparison, Side } from './comparison.ts';
import { type Entrant, type Pace, processEntrant, TOLERANCE } from './entrants.ts';
import { GPT_CASES } from './gpt-cases.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteResult } from './suite.ts';
import { tokenBatches } from './token-batches.ts';
import { lossesOf, runTraining, trainingResult } from './train-comparison.ts';

const NAME = 'browser';
const WEB = fileURLToPath(new URL('../../web', import.meta.url));
/** Of losses that the same graph has elsewhere, after at most ten steps: rounding errors grow. */
const SAME_GRAPH = 1e-4;
/** Of nanogpt's, whose model, first weights and batches are its own: it learns about as well. */
const NEAREST_MODEL = 0.1;

/** Steps before the first round: Chromium compiles what runs often anew, on the same cores, for some twenty steps. */
const WARM_UP = 24;

/** A training step in a Web Worker of a page. */
export const browser: Suite = {
  name: NAME,
  summary:
    'one training step of a GPT in a Web Worker of a page in Chromium beside eager tfjs, jax-js and nanogpt there',
  async run(context) {
    const { name, config, batchSize } = GPT_CASES[0]!;
    const rounds = context.rounds ?? (context.quick ? 2 : 8);
    const { tokens } = await readShakespeare();
    const served = await servePage(WEB);
    const chromium = await launchChromium({ softwareGpu: true });
    try {
      const page = await chromium.newPage();
      await page.goto(served.address);
      const model = { architecture: 'gpt', config } as const;
      const data = tokenBatches(tokens, batchSize, config.contextLength);
      const entrants = entrantsOf(page, served, context.quick ? {} : { warmUp: WARM_UP });
      return resultOf(name, await runTraining({ name, model, rounds, entrants }, data, context));
    } finally {
      await chromium.close();
      await served.close();
    }
  },
};

function entrantsOf(page: Page, served: ServedPage, warmUp: Pick<Pace, 'warmUp'>): [Entrant, ...Entrant[]] {
  const inPage = (engine: WebEngine, name: string, pace: Pace, tolerance = TOLERANCE): Entrant => ({
    name,
    pace,
    tolerance,
    setup: 'pnpm install',
    start: (job) => startPageContestant(page, served, engine, job),
  });
  const inNode = processEntrant(nodeLaunch('wordloom'), { samples: 5, leadIn: 1, rounds: 1 }); // with warm-up ten steps
  return [
    inPage('wordloom-wasm', 'Wordloom', { samples: 5, leadIn: 1, ...warmUp }),
    inPage('tfjs-wasm', 'tfjs-wasm', { samples: 1, leadIn: 1 }),
    inPage('jax-js', 'jax-js', { samples: 2, leadIn: 1, ...warmUp }),
    inPage('nanogpt', 'nanogpt', { samples: 1, leadIn: 1, rounds: 3 }, NEAREST_MODEL),
    { ...inNode, name: 'in Node', tolerance: SAME_GRAPH },
    inPage('wordloom-webgpu', 'on WebGPU in software', { samples: 1, leadIn: 0, rounds: 5 }, SAME_GRAPH),
  ];
}

/** Wordloom elsewhere is no peer: its losses must be the same, its times stand alone. */
function resultOf(caseName: string, comparison: Comparison): SuiteResult {
  const { own, peers } = comparison;
  const subject = { suite: NAME, case: caseName };
  const [elsewhere, others] = [true, false].map((same) =>
    peers.filter(({ entrant }) => (entrant.tolerance === SAME_GRAPH) === same),
  ) as [Side[], Side[]];
  const result = trainingResult(subject, { ...comparison, peers: others });
  return {
    ...result,
    records: [
      ...result.records,
      ...elsewhere.map((side) => {
        const quality = lossesOf(side, own);
        return recordOfRounds(
          { ...subject, metric: `training step ${side.name}`, unit: 'ms', quality },
          side.rounds,
        );
      }),
      recordOf({ ...subject, metric: 'longest wait of the page', unit: 'ms' }, own.longestGapMilliseconds!),
    ],
    failures: [...result.failures, ...trainingResult(subject, { ...comparison, peers: elsewhere }).failures],
  };
}
