import { nodeRuntime } from '@wordloom/compile/node';
import { classifySequences, languageModelEvaluator } from '@wordloom/rnn';
import { figuresOf } from '../../presets/classifier-preset.ts';
import { parseLabeledTexts } from '../../presets/labeled-texts.ts';
import { likelihoodFigures } from '../../presets/language-model-preset.ts';
import type { Measurement } from '../../presets/preset.ts';
import { defaultThreads, defineCommand, threadsOption } from '../command.ts';
import { Failure, UsageFailure } from '../failure.ts';
import { interruption } from '../interruption.ts';
import { readTexts } from '../read-texts.ts';
import { type RecurrentModel, readRecurrentModel } from '../recurrent-model.ts';

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  usage: 'FILE… --model DIR',
  summary: 'measure a trained recurrent model on your own text',
  details:
    'A language model reads the text from the first token to the last and every token counts: perplexity. A classifier\n' +
    'reads labeled texts: accuracy and F1.',
  options: {
    model: { kind: 'text', placeholder: 'DIR', description: 'folder of the model' },
    threads: threadsOption,
  },
  async run({ values, positionals: files, terminal }) {
    if (files.length === 0) throw new UsageFailure('evaluate: at least one FILE must be given.');
    if (values.model === undefined)
      throw new UsageFailure('evaluate: --model must name the folder of a model.');
    const model = await readRecurrentModel(values.model);
    const text = await readTexts(files);
    using interrupted = interruption();
    const threads = values.threads ?? defaultThreads();
    const measured = await measure(model, text, files.join(', '), threads, interrupted.signal);
    const figures = Object.fromEntries(measured.map(({ metric, value }) => [metric, value]));
    terminal.event({ type: 'evaluation-end', ...figures });
    terminal.line(measured.map(({ text }) => text).join(', '));
    return interrupted.exitCode ?? 0;
  },
});

async function measure(
  loaded: RecurrentModel,
  text: string,
  name: string,
  threads: number,
  signal: AbortSignal,
): Promise<readonly Measurement[]> {
  const { tokenizer } = loaded;
  const runtime = await nodeRuntime({ threads });
  switch (loaded.type) {
    case 'recurrent-language-model': {
      const tokens = tokenizer.encode(text);
      if (tokens.length < 2)
        throw new Failure(`${name}: two tokens at least are needed, got ${tokens.length}.`);
      const evaluator = languageModelEvaluator(loaded.model, { runtime });
      try {
        return likelihoodFigures(await evaluator.evaluate(tokens, { signal }));
      } finally {
        await evaluator.release();
      }
    }
    case 'sequence-classifier': {
      const { labels, maxLength } = loaded.extra as { labels: string[]; maxLength: number };
      const examples = parseLabeledTexts(text, name);
      const strange = examples.find(({ label }) => !labels.includes(label));
      if (strange) {
        throw new Failure(`${name}: the model knows the labels ${labels.join(', ')}, got ${strange.label}.`);
      }
      const sequences = examples.map((example) => tokenizer.encode(example.text));
      const probabilities = await classifySequences(loaded.model, sequences, { runtime, maxLength, signal });
      return figuresOf(
        probabilities,
        examples.map(({ label }) => labels.indexOf(label)),
      );
    }
    default:
      throw new Failure(`evaluate: a ${loaded.type} cannot be measured on one text.`);
  }
}
