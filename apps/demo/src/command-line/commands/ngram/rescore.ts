import { writeFile } from 'node:fs/promises';
import {
  addModelScores,
  bleuLoss,
  type NbestList,
  rankHypotheses,
  readNbestLists,
  tuneRescoring,
  wordErrorRate,
  writeNbestLists,
} from '@wordloom/lm-ngram';
import { defineCommand, seedOption } from '../../command.ts';
import { describeFileError, Failure, UsageFailure } from '../../failure.ts';
import { readTexts } from '../../read-texts.ts';
import { readNgramModel } from './files.ts';

export const ngramRescoreCommand = defineCommand({
  name: 'ngram rescore',
  usage: 'LISTS MODEL…',
  summary: 'choose anew among the n best answers of a recognizer or translator',
  details:
    'LISTS are as Moses writes them: number ||| words ||| features. Each MODEL gives a feature, lm, lm2 and so on; words counts words. Weights are given, or tuned on references; the best answer of each list is printed.',
  options: {
    weights: {
      kind: 'text',
      placeholder: 'WEIGHTS',
      description: 'such as "TM=0.7 lm=1 words=-0.5" (default: 1 for every feature but words)',
    },
    references: {
      kind: 'text',
      placeholder: 'FILE',
      description: 'right answers, that of list 0 in the first line: the weights are tuned',
    },
    measure: {
      kind: 'choice',
      choices: ['word-error-rate', 'bleu'],
      description: 'what is tuned (default: word-error-rate)',
    },
    out: {
      kind: 'text',
      placeholder: 'FILE',
      description: 'write the lists with the new features, the best first',
    },
    seed: seedOption,
  },
  async run({ values, positionals, terminal }) {
    const [path, ...modelPaths] = positionals;
    if (path === undefined || modelPaths.length === 0) {
      throw new UsageFailure('ngram rescore: LISTS and at least one MODEL must be given.');
    }
    const given = readWeights(values.weights);
    let lists = await readLists(path);
    for (const [index, modelPath] of modelPaths.entries()) {
      const name = index === 0 ? 'lm' : `lm${index + 1}`;
      lists = addModelScores(lists, await readNgramModel(modelPath), { name });
    }
    const weights = { ...(given ?? defaultWeights(lists)) };
    if (values.references !== undefined) {
      const lines = (await readTexts([values.references])).replace(/\n$/, '').split(/\r?\n/);
      const references = new Map(lines.map((line, id) => [String(id), line.split(/\s+/).filter(Boolean)]));
      const tuned = await tune(lists, references, {
        weights,
        measure: measures[values.measure ?? 'word-error-rate'],
        seed: values.seed ?? 1,
      });
      Object.assign(weights, tuned.weights);
      terminal.event({ type: 'rescore-tune-end', weights, error: tuned.error });
      const shown = Object.entries(weights).map(
        ([name, weight]) => `${name}=${Number(weight.toPrecision(6))}`,
      );
      terminal.note(`weights ${shown.join(' ')}; error ${(100 * tuned.error).toFixed(2)} %`);
    }
    const ranked = lists.map((list) => ({ id: list.id, best: rankHypotheses(list, weights) }));
    for (const { id, best } of ranked) {
      const { hypothesis, score } = best[0]!;
      terminal.event({ type: 'best-hypothesis', id, words: hypothesis.words, score });
      terminal.line(hypothesis.words.join(' '));
    }
    if (values.out !== undefined) {
      const sorted = ranked.map(({ id, best }) => ({
        id,
        hypotheses: best.map(({ hypothesis }) => hypothesis),
      }));
      try {
        await writeFile(values.out, writeNbestLists(sorted, { weights }));
      } catch (error) {
        throw describeFileError(error, values.out);
      }
    }
    return 0;
  },
});

const measures = { 'word-error-rate': wordErrorRate, bleu: bleuLoss } as const;

async function tune(
  ...[lists, references, options]: Parameters<typeof tuneRescoring>
): ReturnType<typeof tuneRescoring> {
  try {
    return await tuneRescoring(lists, references, options);
  } catch (error) {
    if (error instanceof RangeError) throw new Failure(error.message.replace(/^\w+: /, ''));
    throw error;
  }
}

async function readLists(path: string): Promise<NbestList[]> {
  try {
    return readNbestLists(await readTexts([path]), { source: path });
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure(error.message.replace(/^\w+: /, ''));
    throw error;
  }
}

function readWeights(text: string | undefined): Record<string, number> | undefined {
  if (text === undefined) return undefined;
  const weights: Record<string, number> = {};
  for (const field of text.split(/[\s,]+/).filter(Boolean)) {
    const found = /^(.+)=([^=]+)$/.exec(field);
    const weight = Number(found?.[2]);
    if (!found || !Number.isFinite(weight)) {
      throw new UsageFailure(
        `ngram rescore: --weights needs names and numbers such as lm=1, got “${field}”.`,
      );
    }
    weights[found[1]!] = weight;
  }
  return weights;
}

function defaultWeights(lists: readonly NbestList[]): Record<string, number> {
  const names = new Set(
    lists.flatMap(({ hypotheses }) => hypotheses.flatMap(({ features }) => Object.keys(features))),
  );
  return Object.fromEntries([...names].map((name) => [name, name === 'words' ? 0 : 1]));
}
