import { scoreText } from '@wordloom/lm-ngram';
import { defineCommand } from '../../command.ts';
import { UsageFailure } from '../../failure.ts';
import { formatNumber, readNgramModel, readSentences, unitOption } from './files.ts';

export const ngramPerplexityCommand = defineCommand({
  name: 'ngram perplexity',
  usage: 'MODEL FILE…',
  summary: 'measure how well an n-gram model predicts texts',
  details: 'MODEL is an ARPA file, a compact file, or a trie of KenLM.',
  options: { unit: unitOption },
  async run({ values, positionals, terminal }) {
    const [path, ...texts] = positionals;
    if (path === undefined || texts.length === 0) {
      throw new UsageFailure('ngram perplexity: a MODEL and at least one FILE must be given.');
    }
    const model = await readNgramModel(path);
    for (const text of texts) {
      const score = scoreText(model, await readSentences([text], values.unit));
      terminal.event({ type: 'perplexity', path: text, ...score });
      terminal.line(text);
      terminal.line(`  perplexity                ${score.perplexity.toFixed(2)}`);
      terminal.line(`  without unknown words     ${score.perplexityWithoutUnknown.toFixed(2)}`);
      terminal.line(
        `  ${formatNumber(score.wordCount)} words in ${formatNumber(score.sentenceCount)} sentences, ${formatNumber(score.unknownCount)} unknown`,
      );
    }
    return 0;
  },
});
