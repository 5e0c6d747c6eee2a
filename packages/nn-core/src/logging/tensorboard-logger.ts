import type { Module } from '../module/module.ts';
import { requireSizes } from '../module/require-sizes.ts';
import type { TrainEvent } from '../training/train-event.ts';
import { isDue } from './json-lines-logger.ts';
import { logPosition } from './log-position.ts';
import type { TensorBoardWriter } from './tensorboard-writer.ts';
import type { TrainLogger } from './train-logger.ts';

/** Distributions of a model's parameters. */
export interface ParameterHistograms {
  readonly model: Module;
  /** Steps between two; all parameters are gone through each time. */
  readonly interval: number;
}

/** Options of {@link tensorBoardLogger}. */
export interface TensorBoardLoggerOptions {
  /** Steps between two that are written; default 1. Evaluations always are. */
  readonly interval?: number;
  /** Writes histograms `parameters/<name>`; default none. */
  readonly histograms?: ParameterHistograms;
}

/**
 * Writes training for TensorBoard: `step/loss`, `step/learning_rate`, `step/gradient_norm`, `step/tokens_per_second`
 * and `step/<name>` of what the model returns beside its loss; `evaluation/<set>`; histograms of the parameters. A
 * resumed run that writes to the same folder hides what an interrupted one had of the steps that are taken again.
 *
 * @example
 * const board = tensorBoardFolder('runs/first'); // of @wordloom/nn-core/node
 * const loggers = [tensorBoardLogger(board, { histograms: { model, interval: 100 } })];
 * for await (const event of logged(train(model, data, { steps, runtime }), loggers)) report(event);
 */
export function tensorBoardLogger(
  board: TensorBoardWriter,
  options: TensorBoardLoggerOptions = {},
): TrainLogger {
  const { interval = 1, histograms } = options;
  requireSizes('tensorBoardLogger', { interval, 'histograms.interval': histograms?.interval ?? 1 });
  let started = false;
  const start = async (event: TrainEvent): Promise<void> => {
    const position = logPosition(event);
    if (started || !position) return;
    started = true;
    // The first event of a run may come after its step: the step itself stays then.
    await board.start({ step: position.step + (position.rank > 0 ? 1 : 0) });
  };
  return {
    async log(event) {
      await start(event);
      if (event.type === 'evaluation-end') {
        await board.scalars({ [`evaluation/${event.set}`]: event.loss }, event);
      } else if (event.type === 'step-skip') {
        await board.scalars({ 'step/loss': event.loss }, event);
      } else if (event.type === 'step-end') {
        if (isDue(event, options)) await board.scalars(stepScalars(event), event);
        if (histograms && event.step % histograms.interval === 0) {
          await board.histograms(parametersOf(histograms.model), event);
        }
      }
    },
    close: () => board.close(),
  };
}

function stepScalars(event: Extract<TrainEvent, { type: 'step-end' }>): Record<string, number> {
  const auxiliary = Object.entries(event.auxiliary).map(([name, value]) => [`step/${name}`, value]);
  return {
    'step/loss': event.loss,
    'step/learning_rate': event.learningRate,
    'step/gradient_norm': event.gradientNorm,
    'step/tokens_per_second': event.tokensPerSecond,
    ...Object.fromEntries(auxiliary),
  };
}

function parametersOf(model: Module): Record<string, ArrayLike<number>> {
  return Object.fromEntries(
    [...model.namedParameters()].map(([name, { data }]) => [`parameters/${name}`, data]),
  );
}
