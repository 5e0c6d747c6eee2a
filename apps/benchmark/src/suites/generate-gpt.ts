import { tensorData } from '@wordloom/compile';
import { type BenchmarkRecord, type Quality, recordOf, recordOfRounds } from '../report/record.ts';
import { compare, type Side } from './comparison.ts';
import { usualEntrants } from './entrants.ts';
import { GPT_CASES, type GptCase } from './gpt-cases.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteContext, SuiteResult } from './suite.ts';

const NAME = 'generate-gpt';
const PROMPT_LENGTH = 8;
/** Of the tokens both sides chose: after a near tie is rounded differently, all that follows may differ. */
const AGREEMENT = 0.2;

/** Generation with a cache of keys and values, until the context is full. */
export const generateGpt: Suite = {
  name: NAME,
  summary:
    'one token of a GPT with a key-value cache, on one thread and on all, beside PyTorch and eager tfjs',
  async run(context) {
    const { tokens } = await readShakespeare();
    const prompt = tokens.slice(0, PROMPT_LENGTH);
    const results: SuiteResult[] = [];
    for (const gptCase of GPT_CASES) {
      for (const threads of new Set([1, context.threads])) {
        results.push(await runCase(gptCase, prompt, { ...context, threads }));
      }
    }
    return {
      records: results.flatMap(({ records }) => records),
      versions: Object.assign({}, ...results.map(({ versions }) => versions)),
      notes: [
        'tfjs-wasm has no cache: it reads all tokens anew for each one.',
        ...new Set(results.flatMap(({ notes }) => notes)),
      ],
      failures: results.flatMap(({ failures }) => failures),
    };
  },
};

async function runCase(gptCase: GptCase, prompt: Int32Array, context: SuiteContext): Promise<SuiteResult> {
  const { quick, threads } = context;
  const { config, continuations } = gptCase;
  const name = `${gptCase.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const tokenCount = config.contextLength - PROMPT_LENGTH;
  const rounds = context.rounds ?? (quick ? 2 : gptCase.rounds);
  // A full pass of the large model takes seconds in eager tfjs, and its threads do not start in Node.
  const eager = continuations > 1 && threads === 1;
  const { own, peers, versions, notes } = await compare(
    name,
    {
      job: { task: 'generate', model: { architecture: 'gpt', config }, threads, tokenCount },
      data: { prompt: tensorData(prompt, [1, prompt.length]) },
      rounds,
      warmUp: 1,
      entrants: await usualEntrants(
        { samples: continuations, leadIn: 1 },
        eager ? { samples: 1, leadIn: 0, rounds: Math.min(3, rounds) } : undefined,
        context,
      ),
    },
    context,
  );
  const subject = { suite: NAME, case: name, metric: 'time per token', unit: 'ms' } as const;
  const agreements = peers.map((peer) => agreementOf(own, peer, tokenCount));
  const records: BenchmarkRecord[] = peers.map((peer, index) =>
    recordOfRounds({ ...subject, quality: agreements[index]! }, own.rounds, peer),
  );
  if (peers.length === 0) records.push(recordOfRounds(subject, own.rounds));
  const build = { ...subject, metric: 'trace and build' } as const;
  records.push(recordOf(build, own.contestant.ready.buildMilliseconds!));
  const failures = agreements.flatMap(({ value }, index) =>
    value >= AGREEMENT
      ? []
      : [`${name}: Wordloom and ${peers[index]!.name} agree on ${value} of the tokens only.`],
  );
  return { records, versions, notes, failures };
}

/** The share of the last continuation's tokens before the first that differs. */
function agreementOf(own: Side, peer: Side, tokenCount: number): Quality {
  const [a, b] = [own, peer].map(({ outcomes }) => outcomes.slice(-tokenCount)) as [number[], number[]];
  const different = a.findIndex((token, index) => token !== b[index]);
  return { name: 'same tokens', value: (different < 0 ? tokenCount : different) / tokenCount, peerValue: 1 };
}
