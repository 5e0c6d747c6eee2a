import { readFile } from 'node:fs/promises';
import { nodeRuntime } from '@wordloom/compile/node';
import { type GenerateOptions, generateText } from '@wordloom/nn-core';
import { createGenerator, type GptRecipeName, gptRecipes } from '@wordloom/transformer';
import { type CorpusName, corpora } from '../../corpora.ts';
import { countingLosses } from '../../counting-losses.ts';
import { prepareTraining, type TrainingSetup } from '../../prepare-training.ts';
import { bitsPerByte } from '../bits-per-byte.ts';
import {
  DEFAULT_SEED,
  defaultThreads,
  defineCommand,
  LAUNCH,
  seedOption,
  threadsOption,
} from '../command.ts';
import { interruption } from '../interruption.ts';
import { hashText, makeModelFolder, saveRun } from '../model-folder.ts';
import { formatDuration } from '../progress-line.ts';
import type { Terminal } from '../terminal.ts';
import { padDisplay } from '../terminal-style.ts';
import { measureHeldOut, runTraining } from '../training-session.ts';

/** Where the demo leaves its model. */
const FOLDER = 'wordloom-model';
const TITLES: Readonly<Record<CorpusName, string>> = {
  shakespeare: 'Shakespeare',
  'tang-poems': 'Tang poems',
};
/** Steps that take about 20 seconds; a large vocabulary makes them slower. */
const STEPS: Readonly<Record<CorpusName, number>> = {
  shakespeare: gptRecipes.demo.steps,
  'tang-poems': 1000,
};
const LONGEST_COUNTED = 6;

export const demoCommand = defineCommand({
  name: 'demo',
  usage: '',
  summary: 'train a small model on a bundled text for about 20 seconds, and let it write',
  details: 'This is also what runs without any command.',
  options: {
    text: {
      kind: 'choice',
      choices: Object.keys(corpora) as CorpusName[],
      description: 'what to learn (default: shakespeare)',
    },
    recipe: {
      kind: 'choice',
      choices: Object.keys(gptRecipes) as GptRecipeName[],
      description: 'model and training (default: demo)',
    },
    steps: { kind: 'integer', minimum: 1, description: 'training steps' },
    seed: seedOption,
    threads: threadsOption,
  },
  async run({ values, terminal }) {
    const name = values.text ?? 'shakespeare';
    const { url, prompt } = corpora[name];
    const base = gptRecipes[values.recipe ?? 'demo'];
    const steps = values.steps ?? (values.recipe === undefined ? STEPS[name] : base.steps);
    const recipe = { ...base, steps };
    const seed = values.seed ?? DEFAULT_SEED;
    const threads = values.threads ?? defaultThreads();
    const text = await readFile(url, 'utf8');
    const setup = prepareTraining(text, { recipe, seed });
    await makeModelFolder(FOLDER);
    using interrupted = interruption();
    const { signal } = interrupted;

    introduce(terminal, TITLES[name], setup);
    await showSample(
      terminal,
      'Before training it writes',
      setup,
      prompt,
      { maxTokens: 100, seed, signal },
      threads,
    );
    const evaluationInterval = Math.ceil(steps / 4);
    const { step, milliseconds } = await runTraining(setup, {
      terminal,
      threads,
      signal,
      evaluationInterval,
    });
    await saveRun(FOLDER, setup, { recipe, seed, textHash: hashText(text) });
    if (interrupted.exitCode !== undefined) {
      terminal.note(`  stopped after step ${step} of ${steps}; the model is in ${FOLDER}`);
      return interrupted.exitCode;
    }
    terminal.line();
    const options = { maxTokens: 400, temperature: 0.8, seed, signal };
    await showSample(
      terminal,
      `After ${formatDuration(milliseconds)} it writes`,
      setup,
      prompt,
      options,
      threads,
    );
    await showLosses(terminal, setup, threads);
    showNext(terminal, prompt);
    return interrupted.exitCode ?? 0;
  },
});

function introduce(terminal: Terminal, title: string, setup: TrainingSetup): void {
  const { tokenizer, model, training, heldOut, steps } = setup;
  const { layerCount, headCount, embeddingSize, contextLength } = model.config;
  const { style } = terminal;
  const number = (value: number): string => value.toLocaleString('en');
  const characters = training.length + heldOut.length;
  const parameters = model.parameterCount();
  terminal.event({ type: 'demo-start', text: title, characters, parameters, config: model.config, steps });
  const layers = `${layerCount} ${layerCount === 1 ? 'layer' : 'layers'}`;
  terminal.line(`\n  ${style.strong('Wordloom')} trains a language model, here and now.\n`);
  terminal.line(
    `  text   ${title}: ${number(characters)} characters, ${number(tokenizer.vocabSize)} different`,
  );
  terminal.line(
    `  model  GPT: ${layers}, ${headCount} heads, ${embeddingSize} wide, context ${contextLength}, ${number(parameters)} weights\n`,
  );
}

/** Shows what the model writes, as it comes. */
async function showSample(
  terminal: Terminal,
  title: string,
  { model, tokenizer }: TrainingSetup,
  prompt: string,
  options: GenerateOptions & { readonly signal: AbortSignal },
  threads: number,
): Promise<void> {
  const { style } = terminal;
  const margin = `  ${style.faint('│')} `;
  const generator = createGenerator(model, { runtime: await nodeRuntime({ threads }) });
  terminal.line(`  ${style.strong(title)}`);
  let sample = prompt;
  if (!terminal.json) terminal.write(`${margin}${style.faint(prompt)}`);
  try {
    for await (const piece of generateText(generator, tokenizer, prompt, options)) {
      sample += piece;
      if (!terminal.json) terminal.write(piece.replaceAll('\n', `\n${margin}`));
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    await generator.release();
  }
  terminal.event({ type: 'sample', text: sample });
  terminal.line('\n');
}

/** The model's loss on the held-out text beside those of counting. */
async function showLosses(terminal: Terminal, setup: TrainingSetup, threads: number): Promise<void> {
  const { tokenizer, training, heldOut } = setup;
  const counted = countingLosses(training, heldOut, {
    vocabSize: tokenizer.vocabSize,
    longest: LONGEST_COUNTED,
  });
  const best = counted.reduce((a, b) => (b.loss < a.loss ? b : a));
  const rows = [
    { label: 'this model', loss: (await measureHeldOut(setup, threads))! },
    { label: 'counting pairs', loss: counted[0]!.loss },
    ...(best.order > 2 ? [{ label: `counting ${best.order}-grams, the best count`, loss: best.loss }] : []),
  ].map((row) => ({ ...row, bitsPerByte: bitsPerByte(row.loss, setup) }));
  terminal.event({ type: 'held-out', tokens: heldOut.length - 1, rows });
  const { style } = terminal;
  const width = 36;
  terminal.line(
    `  ${style.strong(padDisplay('On text it has not seen', width))}nats per character   bits per byte`,
  );
  rows.forEach(({ label, loss, bitsPerByte }, index) => {
    const line = `${padDisplay(label, width)}${loss.toFixed(3).padStart(18)}${bitsPerByte.toFixed(3).padStart(16)}`;
    terminal.line(`  ${index === 0 ? style.accent(line) : line}`);
  });
  terminal.line();
}

function showNext(terminal: Terminal, prompt: string): void {
  const { style } = terminal;
  terminal.line(`  ${style.strong('Next')}`);
  const commands = [
    [`${LAUNCH} generate '${prompt}' --model ${FOLDER}`, 'more of this'],
    [`${LAUNCH} train apps/demo/data/tang-poems.txt --out tang-model`, 'or any text of yours'],
    [LAUNCH.replace(/demo$/, 'playground'), 'the same in a browser'],
  ] as const;
  for (const [command, purpose] of commands) {
    terminal.line(`  ${command}`);
    terminal.line(`    ${style.faint(purpose)}`);
  }
}
