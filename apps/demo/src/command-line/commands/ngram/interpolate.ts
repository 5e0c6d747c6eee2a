import { LinearMixture, scoreText, tuneMixture } from '@wordloom/lm-ngram';
import { defineCommand } from '../../command.ts';
import { UsageFailure } from '../../failure.ts';
import { padDisplay } from '../../terminal-style.ts';
import { readNgramModel, readSentences, unitOption } from './files.ts';

export const ngramInterpolateCommand = defineCommand({
  name: 'ngram interpolate',
  usage: 'MODEL MODEL… --tune FILE',
  summary: 'find how much each of several n-gram models should count for a text',
  details:
    'The weights are tuned on FILE, which no model should have seen, and measured on --held-out, if there is one.',
  options: {
    tune: { kind: 'text', placeholder: 'FILE', description: 'text to tune the weights on' },
    'held-out': {
      kind: 'text',
      placeholder: 'FILE',
      description: 'another text to measure the perplexity on',
    },
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
    const mixture = tuneMixture(new LinearMixture(models), tuning);
    terminal.line(`perplexity of ${heldOutPath}`);
    for (const [index, path] of positionals.entries()) {
      // Each alone, with the vocabulary of all: else perplexities could not be compared.
      const alone = mixture.withWeights(models.map((_, other) => (other === index ? 1 : 0)));
      const { perplexity } = scoreText(alone, heldOut);
      const weight = mixture.weights[index]!;
      terminal.event({ type: 'mixture-model', path, weight, perplexity });
      terminal.line(
        `  ${padDisplay(path, 32)} ${perplexity.toFixed(2).padStart(10)}  weight ${weight.toFixed(4)}`,
      );
    }
    const { perplexity } = scoreText(mixture, heldOut);
    terminal.event({ type: 'mixture', weights: mixture.weights, perplexity });
    terminal.line(`  ${padDisplay('all, weighted', 32)} ${perplexity.toFixed(2).padStart(10)}`);
    return 0;
  },
});
