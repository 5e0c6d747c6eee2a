import { gptRecipes } from '@wordloom/transformer';
import type { JSX } from 'preact';
import type { Strings } from '../language/strings.ts';
import type { Playground } from '../playground.ts';
import { clamp, limits, recipeOf, type SizeName, sizes } from '../settings.ts';
import { LossChart } from './loss-chart.tsx';
import type { PanelProps } from './page.tsx';

/** Model, buttons, and how the training goes. */
export function TrainingPanel({ playground }: PanelProps): JSX.Element {
  const strings = playground.strings.value;
  const { trainer } = playground;
  const { error, runtime } = trainer;
  return (
    <section class="training-panel" aria-labelledby="training-heading">
      <h2 id="training-heading">{strings.trainingHeading}</h2>
      <Controls playground={playground} />
      <Buttons playground={playground} />
      <p class="status" role="status">
        {describeState(playground)}
      </p>
      {error.value !== undefined && <p class="error">{error.value}</p>}
      <Figures playground={playground} />
      <LossChart playground={playground} />
      <p class="hint">
        {runtime.value ? strings.backend(runtime.value.name) : '\u00a0'}
        {runtime.value && !runtime.value.isolated && ` ${strings.notIsolated}`}
      </p>
    </section>
  );
}

function Controls({ playground }: PanelProps): JSX.Element {
  const strings = playground.strings.value;
  const settings = playground.settings.value;
  const { layerCount, headCount, embeddingSize, contextLength } = recipeOf(settings).model;
  const chooseSize = (size: SizeName): void => playground.change({ size, steps: gptRecipes[size].steps });
  return (
    <>
      <div class="controls">
        <label>
          <span>{strings.size}</span>
          <select
            value={settings.size}
            onChange={({ currentTarget }) => chooseSize(currentTarget.value as SizeName)}
          >
            {sizes.map((size) => (
              <option key={size} value={size}>
                {strings.sizeNames[size]}
              </option>
            ))}
          </select>
        </label>
        <NumberField playground={playground} name="steps" />
        <NumberField playground={playground} name="seed" />
      </div>
      <p class="hint">
        {strings.modelShape(`${layerCount}`, `${headCount}`, `${embeddingSize}`, `${contextLength}`)}
      </p>
    </>
  );
}

function NumberField({ playground, name }: PanelProps & { readonly name: 'steps' | 'seed' }): JSX.Element {
  const { min, max } = limits[name];
  return (
    <label>
      <span>{playground.strings.value[name]}</span>
      <input
        type="number"
        name={name}
        min={min}
        max={max}
        value={playground.settings.value[name]}
        onChange={({ currentTarget }) => {
          const value = Math.round(currentTarget.valueAsNumber);
          if (Number.isFinite(value)) playground.change({ [name]: clamp(value, limits[name]) });
          currentTarget.value = String(playground.settings.value[name]);
        }}
      />
    </label>
  );
}

function Buttons({ playground }: PanelProps): JSX.Element {
  const { trainer } = playground;
  const strings = playground.strings.value;
  const state = trainer.state.value;
  const running = state === 'training' || state === 'paused';
  const busy = state === 'loading' || state === 'compiling';
  const blocked = playground.obstacle.value !== undefined || playground.reader.loading.value;
  return (
    <div class="buttons">
      {!running && (
        <button type="button" class="primary" disabled={busy || blocked} onClick={() => playground.train()}>
          {state === 'idle' || busy ? strings.train : strings.trainAgain}
        </button>
      )}
      {state === 'training' && (
        <button type="button" class="primary" onClick={() => trainer.pause()}>
          {strings.pause}
        </button>
      )}
      {state === 'paused' && (
        <button type="button" class="primary" onClick={() => trainer.resume()}>
          {strings.resume}
        </button>
      )}
      {running && (
        <button type="button" onClick={() => trainer.stop()}>
          {strings.stop}
        </button>
      )}
    </div>
  );
}

/** The figures of the moment; dashes before there are any, so that nothing moves. */
function Figures({ playground }: PanelProps): JSX.Element {
  const strings = playground.strings.value;
  const { progress, losses, evaluations } = playground.trainer;
  const now = progress.value;
  const none = '–';
  const format = (value: number): string => Math.round(value).toLocaleString(strings.tag);
  // A mean of recent steps: single batches jump.
  const recent = losses.value.slice(-20);
  const loss = recent.reduce((sum, { y }) => sum + y, 0) / recent.length;
  const heldOut = evaluations.value.at(-1)?.y;
  const figures = [
    [strings.step, now ? strings.stepOf(format(now.step), format(now.steps)) : none],
    [strings.trainingLoss, recent.length > 0 ? loss.toFixed(3) : none],
    [strings.heldOutLoss, heldOut === undefined ? none : heldOut.toFixed(3)],
    [strings.tokensPerSecond, now ? format(now.tokensPerSecond) : none],
    [strings.timeLeft, now ? formatTime(now.millisecondsLeft, strings) : none],
  ] as const;
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function describeState(playground: Playground): string {
  const strings = playground.strings.value;
  const state = playground.trainer.state.value;
  const now = playground.trainer.progress.value;
  const ready = playground.obstacle.value ?? strings.idle;
  switch (state) {
    case 'idle':
      return ready;
    case 'stopped':
      return playground.obstacle.value ?? strings.stopped((now?.step ?? 0).toLocaleString(strings.tag));
    case 'finished':
      return playground.obstacle.value ?? strings.finished(formatTime(now?.milliseconds ?? 0, strings));
    default:
      return strings[state];
  }
}

function formatTime(milliseconds: number, strings: Strings): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return strings.duration(undefined, `${seconds}`);
  return strings.duration(`${Math.floor(seconds / 60)}`, `${seconds % 60}`);
}
