import { text as readStream } from 'node:stream/consumers';
import { nodeRuntime } from '@wordloom/compile/node';
import { classifySequences } from '@wordloom/rnn';
import { defaultThreads, defineCommand, threadsOption } from '../command.ts';
import { Failure, UsageFailure } from '../failure.ts';
import { readRecurrentModel } from '../recurrent-model.ts';

export const classifyCommand = defineCommand({
  name: 'classify',
  usage: '[TEXT…] --model DIR',
  summary: 'say which class each text belongs to, and how likely',
  details: 'Without TEXT, the lines of standard input are classified.',
  options: {
    model: { kind: 'text', placeholder: 'DIR', description: 'folder of the classifier' },
    threads: threadsOption,
  },
  async run({ values, positionals, terminal }) {
    if (values.model === undefined)
      throw new UsageFailure('classify: --model must name the folder of a model.');
    const loaded = await readRecurrentModel(values.model);
    if (loaded.type !== 'sequence-classifier') {
      throw new Failure(`${values.model} holds a ${loaded.type}, not a classifier.`);
    }
    const texts = (positionals.length > 0 ? positionals : (await readInput()).split(/\r?\n/)).filter(
      (text) => text.trim() !== '',
    );
    if (texts.length === 0) throw new Failure('classify: there is no text; give at least one word.');
    const { labels, maxLength } = loaded.extra as { labels: string[]; maxLength: number };
    const runtime = await nodeRuntime({ threads: values.threads ?? defaultThreads() });
    const sequences = texts.map((text) => loaded.tokenizer.encode(text));
    const probabilities = await classifySequences(loaded.model, sequences, { runtime, maxLength });
    for (const [index, text] of texts.entries()) {
      const row = probabilities[index]!;
      const best = row.indexOf(Math.max(...row));
      terminal.event({
        type: 'class',
        text,
        label: labels[best],
        probabilities: Object.fromEntries(labels.map((label, at) => [label, row[at]])),
      });
      terminal.line(`${labels[best]}  ${(100 * row[best]!).toFixed(1)} %  ${text}`);
    }
    return 0;
  },
});

async function readInput(): Promise<string> {
  if (process.stdin.isTTY)
    throw new UsageFailure('classify: a TEXT must be given, or piped to standard input.');
  return readStream(process.stdin);
}
