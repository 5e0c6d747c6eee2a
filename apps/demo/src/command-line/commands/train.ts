import { type GptRecipe, type GptRecipeName, gptRecipes } from '@wordloom/transformer';
import { prepareTraining, type TrainingSetup } from '../../prepare-training.ts';
import { presets } from '../../presets/presets.ts';
import { splitText } from '../../split-text.ts';
import { bitsPerByte } from '../bits-per-byte.ts';
import {
  DEFAULT_SEED,
  defaultThreads,
  defineCommand,
  LAUNCH,
  seedOption,
  threadsOption,
} from '../command.ts';
import { Failure, UsageFailure } from '../failure.ts';
import { interruption } from '../interruption.ts';
import {
  hashText,
  holdsModel,
  makeModelFolder,
  readSavedRun,
  restoreRun,
  type SavedRun,
  saveRun,
} from '../model-folder.ts';
import type { OptionSpecs, OptionValues } from '../options.ts';
import { formatDuration } from '../progress-line.ts';
import { readTexts } from '../read-texts.ts';
import { trainPreset } from '../train-preset.ts';
import { measureHeldOut, runTraining } from '../training-session.ts';

const DEFAULT_RECIPE = 'shakespeare-char';
/** Milliseconds between two saves. */
const SAVE_INTERVAL = 30_000;

/** Options that change one thing of a recipe. */
const recipeOptions = {
  recipe: {
    kind: 'choice',
    choices: [...(Object.keys(gptRecipes) as GptRecipeName[]), ...presets.keys()],
    description: `what to start from (default: ${DEFAULT_RECIPE}); see the command recipes`,
  },
  steps: { kind: 'integer', minimum: 1, description: 'training steps in all' },
  'batch-size': { kind: 'integer', minimum: 1, description: 'windows in a batch' },
  'learning-rate': { kind: 'number', above: 0, maximum: 10, description: 'highest learning rate' },
  'context-length': { kind: 'integer', minimum: 1, description: 'most characters the model sees at once' },
  layers: { kind: 'integer', minimum: 1, description: 'Transformer blocks' },
  heads: { kind: 'integer', minimum: 1, description: 'attention heads in a block' },
  'embedding-size': {
    kind: 'integer',
    minimum: 1,
    description: 'width of the model, a multiple of the heads',
  },
  dropout: { kind: 'number', minimum: 0, below: 1, description: 'probability of dropping in training' },
} as const satisfies OptionSpecs;

export const trainCommand = defineCommand({
  name: 'train',
  usage: 'FILE… --out DIR',
  summary: 'train a model on your own text',
  details:
    'The first nine tenths of the text are trained on, the rest is held out. The folder can be given to generate at any\n' +
    'time; Ctrl-C saves and stops, and --resume goes on as if nothing had happened.\n' +
    'Recipes of recurrent models say in `recipes` what their files hold; of the options that change a recipe they take --epochs.',
  options: {
    out: { kind: 'text', placeholder: 'DIR', description: 'folder for the model' },
    ...recipeOptions,
    epochs: {
      kind: 'integer',
      minimum: 1,
      description: 'times that a recurrent model goes through its text',
    },
    valid: {
      kind: 'text',
      placeholder: 'FILE',
      description: 'what a recurrent model is measured on (default: a tenth of the text)',
    },
    'eval-interval': {
      kind: 'integer',
      minimum: 0,
      description: 'steps between two held-out losses, 0 for none (default: a tenth of the steps)',
    },
    seed: seedOption,
    threads: threadsOption,
    resume: { kind: 'flag', description: 'go on with the run in DIR' },
    force: { kind: 'flag', description: 'replace what is in DIR' },
  },
  async run({ values, positionals: files, terminal, argumentList }) {
    const { out } = values;
    if (files.length === 0) throw new UsageFailure('train: at least one FILE must be given.');
    if (out === undefined) throw new UsageFailure('train: --out must name a folder for the model.');
    if (values.resume && values.force) throw new UsageFailure('train: give --resume or --force, not both.');
    const preset = presets.get(values.recipe ?? '');
    if (preset) {
      const misplaced = Object.keys(recipeOptions).find((name) => name !== 'recipe' && name in values);
      if (misplaced)
        throw new UsageFailure(`train: --${misplaced} does not belong to recipe ${preset.name}.`);
      return trainPreset(
        {
          ...{ preset, files, out },
          validationFile: values.valid,
          epochs: values.epochs,
          evaluationInterval: values['eval-interval'],
          seed: values.seed ?? DEFAULT_SEED,
          threads: values.threads ?? defaultThreads(),
          resume: values.resume ?? false,
          force: values.force ?? false,
          hints: {
            resume: resumeCommand(argumentList),
            use: `${LAUNCH} evaluate ${[values.valid ?? files[0]!, '--model', out].map(quoted).join(' ')}`,
          },
        },
        terminal,
      );
    }
    for (const name of ['epochs', 'valid'] as const) {
      if (name in values)
        throw new UsageFailure(`train: --${name} belongs to the recipes of recurrent models.`);
    }
    const text = await readTexts(files);
    const textHash = hashText(text);
    const saved = values.resume ? await readSavedRun(out) : undefined;
    if (!saved && !values.force && holdsModel(out)) {
      throw new Failure(`${out} already holds a model. --resume goes on with it, --force replaces it.`);
    }
    const seed = values.seed ?? saved?.seed ?? DEFAULT_SEED;
    const recipe = recipeOf(values, saved?.recipe ?? gptRecipes[DEFAULT_RECIPE]);
    if (saved) requireSameRun(out, saved, { recipe, seed, textHash });
    requireLength(text, files, recipe);
    const setup = prepare(text, recipe, seed);
    await makeModelFolder(out);
    if (saved) await restoreRun(out, setup);

    const first = setup.optimizer.stepCount;
    const { tokenizer, model, heldOut, training } = setup;
    const description = {
      recipe,
      seed,
      characters: training.length + heldOut.length,
      vocabSize: tokenizer.vocabSize,
      parameters: model.parameterCount(),
    };
    terminal.event({ type: 'train-start', step: first, ...description });
    terminal.note(describeRun(description));
    if (first > 0) terminal.note(`  going on after step ${first}`);

    using interrupted = interruption();
    const threads = values.threads ?? defaultThreads();
    const save = (): Promise<void> => saveRun(out, setup, { recipe, seed, textHash });
    const { finished, step, milliseconds } = await runTraining(setup, {
      terminal,
      threads,
      signal: interrupted.signal,
      evaluationInterval: values['eval-interval'] ?? Math.ceil(recipe.steps / 10),
      save: { interval: SAVE_INTERVAL, run: save },
    });
    await save();
    terminal.event({ type: 'save-end', step, folder: out });
    if (!finished) {
      terminal.note(`  stopped after step ${step} of ${recipe.steps}; saved in ${out}. To go on:\n`);
      terminal.note(`  ${resumeCommand(argumentList)}`);
      return interrupted.exitCode ?? 0;
    }
    const loss = await measureHeldOut(setup, threads);
    if (loss !== undefined) {
      const bits = bitsPerByte(loss, setup);
      terminal.event({ type: 'held-out', loss, bitsPerByte: bits, tokens: heldOut.length - 1 });
      terminal.line(`held-out loss ${loss.toFixed(4)} nats per token, ${bits.toFixed(3)} bits per byte`);
    }
    terminal.note(
      `  ${step - first} steps in ${formatDuration(milliseconds)}; the model is in ${out}. To let it write:\n`,
    );
    terminal.note(`  ${LAUNCH} generate ${quoted(firstWord(text))} --model ${quoted(out)}`);
    return 0;
  },
});

function recipeOf(values: OptionValues<typeof recipeOptions>, fallback: GptRecipe): GptRecipe {
  const base = values.recipe === undefined ? fallback : gptRecipes[values.recipe as GptRecipeName];
  const { model } = base;
  return {
    ...base,
    steps: values.steps ?? base.steps,
    batchSize: values['batch-size'] ?? base.batchSize,
    learningRate: values['learning-rate'] ?? base.learningRate,
    model: {
      ...model,
      contextLength: values['context-length'] ?? model.contextLength,
      layerCount: values.layers ?? model.layerCount,
      headCount: values.heads ?? model.headCount,
      embeddingSize: values['embedding-size'] ?? model.embeddingSize,
      dropout: values.dropout ?? model.dropout ?? 0,
    },
  };
}

/** Only the number of steps may change when a run goes on: all else would make it another run. */
function requireSameRun(
  folder: string,
  saved: SavedRun,
  { recipe, seed, textHash }: Omit<SavedRun, 'step'>,
): void {
  if (textHash !== saved.textHash) {
    throw new Failure(
      `${folder} was trained on another text; --resume needs the same files in the same order.`,
    );
  }
  const settings = ({ model, steps: _, ...rest }: GptRecipe, seed: number) => ({ ...rest, ...model, seed });
  const before = settings(saved.recipe, saved.seed);
  for (const [name, value] of Object.entries(settings(recipe, seed))) {
    const old = before[name as keyof typeof before];
    if (old !== value) {
      throw new Failure(
        `${folder} was trained with ${name} ${old}, which --resume cannot change to ${value}.`,
      );
    }
  }
}

function requireLength(text: string, files: readonly string[], recipe: GptRecipe): void {
  const { contextLength } = recipe.model;
  const { training } = splitText(text);
  if (training.length > 2 * contextLength) return; // in code points, still more than the context
  if (Array.from(training).length > contextLength) return;
  const needed = Math.ceil((contextLength + 1) / 0.9);
  throw new Failure(
    `${files.join(', ')}: the text has ${Array.from(text).length} characters; with a context of ${contextLength} at least ${needed} are needed. Add text, or lower --context-length.`,
  );
}

function prepare(text: string, recipe: GptRecipe, seed: number): TrainingSetup {
  try {
    return prepareTraining(text, { recipe, seed });
  } catch (error) {
    throw error instanceof RangeError ? new UsageFailure(`train: ${error.message}`) : error;
  }
}

interface RunSummary {
  readonly recipe: GptRecipe;
  readonly characters: number;
  readonly vocabSize: number;
  readonly parameters: number;
}

function describeRun({ recipe: { model, steps }, characters, vocabSize, parameters }: RunSummary): string {
  const number = (value: number): string => value.toLocaleString('en');
  const { layerCount, headCount, embeddingSize, contextLength } = model;
  return [
    `  text   ${number(characters)} characters, ${number(vocabSize)} different`,
    `  model  GPT, ${layerCount} × ${headCount} heads, ${embeddingSize} wide, context ${contextLength}, ${number(parameters)} weights, ${number(steps)} steps`,
  ].join('\n');
}

/** The same command again, but going on. */
function resumeCommand(argumentList: readonly string[]): string {
  const kept = argumentList.filter((argument) => argument !== '--resume' && argument !== '--force');
  return [LAUNCH, 'train', ...kept.map(quoted), '--resume'].join(' ');
}

/** A word as a POSIX shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function firstWord(text: string): string {
  return /\S{1,12}/u.exec(text)![0];
}
