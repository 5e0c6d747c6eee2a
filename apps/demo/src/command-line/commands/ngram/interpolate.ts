import {
  type AnyLanguageModel,
  freezeModel,
  LinearMixture,
  LogLinearMixture,
  scoreText,
  tuneLogLinear,
  tuneMixture,
} from '@wordloom/lm-ngram';
import { defineCommand } from '../../command.ts';
import { UsageFailure } from '../../failure.ts';
import { padDisplay } from '../../terminal-style.ts';
import {
  formatBytes,
  formatNumber,
  readNgramModel,
  readSentences,
  unitOption,
  writeNgramModel,
} from './files.ts';

export const ngramInterpolateCommand = defineCommand({
  name: 'ngram interpolate',
  usage: 'MODEL MODEL… --tune FILE',
  summary: 'find how much each of several n-gram models should count for a text, and make one model of them',
  details:
    'The weights are tuned on FILE, which no model should have seen, and measured on --held-out, if there is one. With --out, the mixture becomes one model, as in ngram train.',
  options: {
    tune: { kind: 'text', placeholder: 'FILE', description: 'text to tune the weights on' },
    'held-out': {
      kind: 'text',
      placeholder: 'FILE',
      description: 'another text to measure the perplexity on',
    },
    method: {
      kind: 'choice',
      choices: ['linear', 'log-linear'],
      description: 'add probabilities, or multiply them (default: linear)',
    },
    out: { kind: 'text', placeholder: 'MODEL', description: 'file to write the mixture to' },
    unit: unitOption,
  },
  async run({ values, positionals, terminal }) {
    if (positionals.length < 2)
      throw new UsageFailure('ngram interpolate: at least two MODELs must be given.');
    if (values.tune === undefined) throw new UsageFailure('ngram interpolate: --tune must name a text.');
    const tuning = await readSentences([values.tune], values.unit);
    const heldOutPath = values['held-out'] ?? values.tune;
    const heldOut = heldOutPath === values.tune ? tuning : await readSentences([heldOutPath], values.unit);
    const models = await Promise.all(positionals.map(readNgramModel));
    const linear = new LinearMixture(models);
    const mixture: AnyLanguageModel & { readonly weights: readonly number[] } =
      values.method === 'log-linear'
        ? await tuneLogLinear(new LogLinearMixture(models), tuning)
        : tuneMixture(linear, tuning);
    const { weights } = mixture;
    terminal.line(`perplexity of ${heldOutPath}`);
    for (const [index, path] of positionals.entries()) {
      // Each alone, with the vocabulary of all: else perplexities could not be compared.
      const alone = linear.withWeights(models.map((_, other) => (other === index ? 1 : 0)));
      const own = scoreText(alone, heldOut).perplexity;
      const weight = weights[index]!;
      terminal.event({ type: 'mixture-model', path, weight, perplexity: own });
      terminal.line(`  ${padDisplay(path, 32)} ${own.toFixed(2).padStart(10)}  weight ${weight.toFixed(4)}`);
    }
    const { perplexity } = scoreText(mixture, heldOut);
    terminal.event({ type: 'mixture', weights, perplexity });
    terminal.line(`  ${padDisplay('all, weighted', 32)} ${perplexity.toFixed(2).padStart(10)}`);
    if (values.out === undefined) return 0;
    const model = freezeModel(mixture, models);
    const bytes = await writeNgramModel(values.out, model);
    const frozen = scoreText(model, heldOut).perplexity;
    const { sizes } = model.trie;
    terminal.event({ type: 'mixture-write-end', path: values.out, bytes, sizes, perplexity: frozen });
    terminal.line(`  ${padDisplay('all, as one model', 32)} ${frozen.toFixed(2).padStart(10)}`);
    terminal.line(`${values.out}  ${formatBytes(bytes)}`);
    terminal.line(sizes.map((size, index) => `  ${index + 1}-grams  ${formatNumber(size)}`).join('\n'));
    return 0;
  },
});
