import {
  absoluteDiscounting,
  type DiscountFallback,
  katz,
  kneserNey,
  maximumLikelihood,
  type NgramModel,
  type SmoothingMethod,
  type StoredNgrams,
  scoreText,
  stupidBackoff,
  trainNgramModel,
  wittenBell,
} from '@wordloom/lm-ngram';
import { defineCommand } from '../../command.ts';
import { UsageFailure } from '../../failure.ts';
import { formatDuration } from '../../progress-line.ts';
import { formatBytes, formatNumber, readSentences, unitOption, writeNgramModel } from './files.ts';
import { readMemory, trainOnDisk } from './train-on-disk.ts';

const methods = {
  'modified-kneser-ney': () => kneserNey(),
  'kneser-ney': () => kneserNey({ modified: false }),
  'absolute-discounting': () => absoluteDiscounting(),
  'witten-bell': () => wittenBell(),
  katz: () => katz(),
  'maximum-likelihood': () => maximumLikelihood(),
  'stupid-backoff': () => stupidBackoff(),
} as const satisfies Record<string, () => SmoothingMethod>;

export const ngramTrainCommand = defineCommand({
  name: 'ngram train',
  usage: 'FILE… --out MODEL',
  summary: 'count the n-grams of a text and make a model of them',
  details:
    'Each line is a sentence. MODEL is an ARPA file if its name ends in .arpa or .arpa.gz, else a compact file.',
  options: {
    out: { kind: 'text', placeholder: 'MODEL', description: 'file to write' },
    order: {
      kind: 'integer',
      minimum: 1,
      maximum: 255,
      description: 'words of the longest n-grams (default: 3)',
    },
    smoothing: {
      kind: 'choice',
      choices: Object.keys(methods) as (keyof typeof methods)[],
      description: 'how counts become probabilities (default: modified-kneser-ney)',
    },
    prune: {
      kind: 'text',
      placeholder: 'COUNTS',
      description: 'leave out n-grams as rare as this, by order, such as "0 0 1" (default: none)',
    },
    unit: unitOption,
    memory: {
      kind: 'text',
      placeholder: 'SIZE',
      description:
        'train on the disk, in no more memory than this, such as 1GB; MODEL should be an ARPA file, as a compact one is made in memory (default: all in memory)',
    },
    temp: {
      kind: 'text',
      placeholder: 'FOLDER',
      description: 'with --memory: where to write meanwhile; stopped training goes on from there',
    },
    'held-out': { kind: 'text', placeholder: 'FILE', description: 'text to measure the perplexity on' },
  },
  async run({ values, positionals, terminal }) {
    if (positionals.length === 0) throw new UsageFailure('ngram train: at least one FILE must be given.');
    if (values.out === undefined)
      throw new UsageFailure('ngram train: --out must name the file of the model.');
    const order = values.order ?? 3;
    if (values.temp !== undefined && values.memory === undefined) {
      throw new UsageFailure('ngram train: --temp is used with --memory only.');
    }
    const memoryLimit = values.memory === undefined ? undefined : readMemory(values.memory);
    const heldOut =
      values['held-out'] === undefined ? undefined : await readSentences([values['held-out']], values.unit);
    const started = performance.now();
    const out = values.out;
    const options = {
      order,
      smoothing: methods[values.smoothing ?? 'modified-kneser-ney'](),
      prune: readThresholds(values.prune),
      onFallback: ({ order, reason, discounts }: DiscountFallback) => {
        terminal.event({ type: 'discount-fallback', order, reason, discounts });
        terminal.note(
          `note: order ${order}: ${reason}; discounts ${discounts.join(', ')} are taken instead.`,
        );
      },
    };
    const finish = async (model: NgramModel | StoredNgrams) => {
      const milliseconds = performance.now() - started;
      const bytes = await writeNgramModel(out, model);
      const sizes = 'trie' in model ? model.trie.sizes : model.sizes;
      terminal.event({ type: 'ngram-train-end', sizes, milliseconds, bytes, path: out });
      terminal.line(`${out}  ${formatBytes(bytes)}, ${formatDuration(milliseconds)}`);
      terminal.line(sizes.map((size, index) => `  ${index + 1}-grams  ${formatNumber(size)}`).join('\n'));
      if (!heldOut) return;
      const score = scoreText('trie' in model ? model : await model.toModel(), heldOut);
      terminal.event({ type: 'perplexity', path: values['held-out'], ...score });
      terminal.line(`  perplexity of ${values['held-out']}  ${score.perplexity.toFixed(2)}`);
    };
    if (memoryLimit !== undefined) {
      const { temp } = values;
      const unit = values.unit ?? 'word';
      return trainOnDisk(positionals, { ...options, unit, memoryLimit, temp }, terminal, finish);
    }
    await finish(trainNgramModel(await readSentences(positionals, values.unit), options));
    return 0;
  },
});

function readThresholds(text = '0'): number[] {
  const thresholds = text
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const isRight = thresholds.every(
    (threshold, index) => Number.isInteger(threshold) && threshold >= (thresholds[index - 1] ?? 0),
  );
  if (isRight && thresholds[0] === 0) return thresholds;
  throw new UsageFailure(
    `ngram train: --prune needs numbers that begin with 0 and do not fall, got “${text}”.`,
  );
}
