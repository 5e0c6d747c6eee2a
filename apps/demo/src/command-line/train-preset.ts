import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Runtime, ShapeError } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { train } from '@wordloom/nn-core';
import { loadTrainingState, readSafetensors, saveTrainingState } from '@wordloom/nn-core/node';
import type { RecipeFigure } from '@wordloom/rnn';
import type { Measurement, Preset, PresetRun } from '../presets/preset.ts';
import { describeFileError, Failure } from './failure.ts';
import { interruption } from './interruption.ts';
import { hashText, holdsModel, makeModelFolder } from './model-folder.ts';
import { formatDuration, ProgressLine } from './progress-line.ts';
import { readTexts } from './read-texts.ts';
import type { Terminal } from './terminal.ts';

/** What the command line says about a run. */
export interface PresetTraining {
  readonly preset: Preset;
  readonly files: readonly string[];
  readonly validationFile: string | undefined;
  readonly out: string;
  readonly epochs: number | undefined;
  /** Steps between two looks at the validation data; undefined once an epoch, 0 never. */
  readonly evaluationInterval: number | undefined;
  readonly seed: number;
  readonly threads: number;
  readonly resume: boolean;
  readonly force: boolean;
  /** The command that goes on with the run, and the one that uses the model. */
  readonly hints: { readonly resume: string; readonly use: string };
}

const STATE = 'training-state.safetensors';
/** Milliseconds between two saves. */
const SAVE_INTERVAL = 60_000;

/**
 * Trains a preset's model on files, shows how it goes, saves it and measures the figure that the preset promises.
 *
 * @returns the exit code
 */
export async function trainPreset(options: PresetTraining, terminal: Terminal): Promise<number> {
  const { preset, files, validationFile, out, epochs, seed, threads, resume, force } = options;
  const training = await readTexts(files);
  const validation = validationFile === undefined ? undefined : await readTexts([validationFile]);
  const identity = JSON.stringify({
    ...{ recipe: preset.name, seed, epochs: epochs ?? null },
    textHash: hashText(`${training}\0${validation ?? ''}`),
  });
  if (!resume && !force && (holdsModel(out) || existsSync(join(out, STATE)))) {
    throw new Failure(`${out} already holds a model. --resume goes on with it, --force replaces it.`);
  }
  const names = { training: files.join(', '), validation: validationFile ?? files.join(', ') };
  const run = preset.prepare({ training, validation, names, epochs, seed });
  await makeModelFolder(out);
  if (resume) await restore(out, run, identity);
  introduce(terminal, preset, run);

  using interrupted = interruption();
  const runtime = await nodeRuntime({ threads });
  const { step, milliseconds } = await runSteps(
    run,
    { ...options, runtime, identity, signal: interrupted.signal },
    terminal,
  );
  await save(out, run, identity);
  terminal.event({ type: 'save-end', step, folder: out });
  if (step < run.options.steps) {
    terminal.note(`  stopped after step ${step} of ${run.options.steps}; saved in ${out}. To go on:\n`);
    terminal.note(`  ${options.hints.resume}`);
    return interrupted.exitCode ?? 0;
  }
  const measured = await averaged(run, () => run.measure(runtime, interrupted.signal));
  report(terminal, measured, preset.figure);
  terminal.note(`  ${formatDuration(milliseconds)}; the model is in ${out}. To use it:\n`);
  terminal.note(`  ${options.hints.use}`);
  return 0;
}

interface StepOptions {
  readonly out: string;
  readonly evaluationInterval: number | undefined;
  readonly runtime: Runtime;
  readonly identity: string;
  readonly signal: AbortSignal;
}

async function runSteps(
  run: PresetRun,
  { out, evaluationInterval = run.stepsPerEpoch, runtime, identity, signal }: StepOptions,
  terminal: Terminal,
): Promise<{ readonly step: number; readonly milliseconds: number }> {
  const validation = run.validate(runtime);
  const evaluation = evaluationInterval > 0 && {
    evaluation: {
      interval: evaluationInterval,
      loss: () => averaged(run, () => validation.loss({ signal })),
    },
  };
  const { steps } = run.options;
  const progress = new ProgressLine(terminal, steps);
  const started = performance.now();
  let savedAt = started;
  try {
    for await (const event of train(run.training, run.data, {
      ...run.options,
      ...evaluation,
      runtime,
      signal,
    })) {
      terminal.event(event);
      if (event.type === 'evaluation-end') progress.evaluation(event.loss);
      if (event.type !== 'step-end') continue;
      progress.step(event);
      if (event.step < steps && performance.now() - savedAt > SAVE_INTERVAL) {
        await save(out, run, identity);
        savedAt = performance.now();
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error instanceof RangeError ? new Failure(error.message) : error; // such as a loss that is not finite
  } finally {
    progress.end();
    await validation.release();
  }
  return { step: run.options.optimizer.stepCount, milliseconds: performance.now() - started };
}

/** With the mean of the weights where there is one. */
function averaged<Result>({ average }: PresetRun, fn: () => Promise<Result>): Promise<Result> {
  return average && average.updateCount > 0 ? average.use(fn) : fn();
}

/** The state comes first: a run never goes on from files of two different steps. */
async function save(folder: string, run: PresetRun, identity: string): Promise<void> {
  try {
    await saveTrainingState(join(folder, STATE), run.training, run.options.optimizer, { run: identity });
    await averaged(run, () => run.save(folder));
  } catch (error) {
    throw describeFileError(error, folder);
  }
}

async function restore(folder: string, run: PresetRun, identity: string): Promise<void> {
  const path = join(folder, STATE);
  try {
    const { metadata } = await readSafetensors(path);
    if (metadata.run !== identity) {
      throw new Failure(
        `${folder} was trained otherwise: --resume needs the same files, recipe, --epochs and --seed. It had ${metadata.run ?? 'none'}.`,
      );
    }
    await loadTrainingState(path, run.training, run.options.optimizer);
  } catch (error) {
    const described = describeFileError(error, path);
    if (described === error && (error instanceof RangeError || error instanceof ShapeError)) {
      throw new Failure(error.message);
    }
    throw described;
  }
}

function introduce(terminal: Terminal, { name, figure, minutes }: Preset, run: PresetRun): void {
  const { steps, optimizer } = run.options;
  terminal.event({
    type: 'train-start',
    recipe: name,
    step: optimizer.stepCount,
    steps,
    figure,
    minutes,
    ...run.facts,
  });
  for (const line of run.description) terminal.note(line);
  const epochs = Math.round(steps / run.stepsPerEpoch);
  terminal.note(
    `  plan   ${steps.toLocaleString('en')} steps in ${epochs} epochs, about ${formatDuration(minutes * 60_000)} on two cores; to reach: ${figureText(figure)}`,
  );
  if (optimizer.stepCount > 0) terminal.note(`  going on after step ${optimizer.stepCount}`);
}

function report(terminal: Terminal, measured: readonly Measurement[], figure: RecipeFigure): void {
  terminal.event({
    type: 'held-out',
    ...Object.fromEntries(measured.map(({ metric, value }) => [metric, value])),
    promised: figure,
  });
  terminal.line(measured.map(({ text }) => text).join(', '));
  terminal.note(`  the recipe's figure: ${figureText(figure)}`);
}

/** A promise in words, such as `perplexity at most 121.4 (Penn Treebank, validation)`. */
export function figureText({ metric, value, data, measured }: RecipeFigure): string {
  const where = `(${data}${measured ? '' : '; not measured yet'})`;
  if (metric === 'perplexity' || metric === 'nats per token') return `${metric} at most ${value} ${where}`;
  const shown = metric === 'BLEU' ? `${value}` : `${100 * value} %`;
  return `${metric} at least ${shown} ${where}`;
}
