import { text as readStream } from 'node:stream/consumers';
import { likelyNextWords, SENTENCE_END } from '@wordloom/lm-ngram';
import { defineCommand } from '../../command.ts';
import { UsageFailure } from '../../failure.ts';
import { padDisplay } from '../../terminal-style.ts';
import { readNgramModel, sentencesOf, unitOption } from './files.ts';

export const ngramQueryCommand = defineCommand({
  name: 'ngram query',
  usage: 'MODEL [TEXT]',
  summary: 'show what an n-gram model gives every word of a text, and what it expects next',
  details: 'Without TEXT, it is read from standard input, one sentence a line.',
  options: {
    unit: unitOption,
    next: { kind: 'integer', minimum: 0, description: 'words to show that may come next (default: 5)' },
  },
  async run({ values, positionals, terminal }) {
    const [path, ...rest] = positionals;
    if (path === undefined) throw new UsageFailure('ngram query: a MODEL must be given.');
    if (rest.length > 1) {
      throw new UsageFailure(`ngram query: only one TEXT is taken, got ${rest.length}. Put it in quotes.`);
    }
    if (rest.length === 0 && process.stdin.isTTY) {
      throw new UsageFailure('ngram query: a TEXT must be given, or piped to standard input.');
    }
    const model = await readNgramModel(path);
    const { style } = terminal;
    for (const words of sentencesOf(rest[0] ?? (await readStream(process.stdin)), values.unit)) {
      let state = model.sentenceStart;
      let sum = 0;
      const show = (word: string, id: number) => {
        const { log10Probability, order, state: next } = model.score(state, id);
        state = next;
        sum += log10Probability;
        terminal.event({ type: 'word-score', word, log10Probability, order });
        terminal.line(
          `${padDisplay(word, 20)} ${log10Probability.toFixed(5).padStart(11)}  ${style.faint(order === 0 ? 'unknown' : `${order}-gram`)}`,
        );
        return next;
      };
      for (const word of words) show(word, model.vocabulary.idOf(word));
      const next = likelyNextWords(model, state, values.next ?? 5).map(({ word, log10Probability }) => ({
        word: model.vocabulary.wordOf(word),
        probability: 10 ** log10Probability,
      }));
      show('</s>', SENTENCE_END);
      terminal.event({ type: 'sentence-score', log10Probability: sum, next });
      terminal.line(`${padDisplay('all', 20)} ${sum.toFixed(5).padStart(11)}`);
      if (next.length > 0) {
        const list = next.map(({ word, probability }) => `${word} ${(100 * probability).toFixed(1)} %`);
        terminal.line(style.faint(`next: ${list.join(', ')}`));
      }
      terminal.line();
    }
    return 0;
  },
});
