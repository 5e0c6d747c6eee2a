import type { JSX } from 'preact';
import { limits } from '../settings.ts';
import type { PanelProps } from './page.tsx';

/** What the model writes, and what it starts from. */
export function WritingPanel({ playground }: PanelProps): JSX.Element {
  const strings = playground.strings.value;
  const { trainer, prompt, promptObstacle } = playground;
  const { temperature } = playground.settings.value;
  const sample = trainer.sample.value;
  const state = trainer.state.value;
  const ready = state === 'paused' || state === 'stopped' || state === 'finished';
  const writing = ready && sample?.writing === true;
  return (
    <section class="writing-panel" aria-labelledby="writing-heading">
      <h2 id="writing-heading">{strings.writingHeading}</h2>
      <blockquote class="sample">
        {sample ? (
          <>
            <span class="prompt">{sample.prompt}</span>
            {sample.text}
            {sample.writing && <span class="caret" />}
          </>
        ) : (
          <span class="hint">{strings.writingEmpty}</span>
        )}
      </blockquote>
      <p class="hint">{sample ? strings.writtenAfter(sample.step.toLocaleString(strings.tag)) : '\u00a0'}</p>
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          if (writing) trainer.stopWriting();
          else playground.write();
        }}
      >
        <label class="wide">
          <span>{strings.prompt}</span>
          <input
            name="prompt"
            value={prompt.value}
            autocomplete="off"
            onInput={({ currentTarget }) => playground.writePrompt(currentTarget.value)}
          />
        </label>
        <label>
          <span title={strings.temperatureHint}>
            {strings.temperature} {temperature.toFixed(1)}
          </span>
          <input
            type="range"
            {...limits.temperature}
            value={temperature}
            onInput={({ currentTarget }) => playground.change({ temperature: currentTarget.valueAsNumber })}
          />
        </label>
        <button type="submit" disabled={!ready || promptObstacle.value !== undefined}>
          {writing ? strings.stopGenerating : strings.generate}
        </button>
      </form>
      <p class="hint" role="status">
        {promptObstacle.value ?? (ready ? '\u00a0' : strings.generateHint)}
      </p>
    </section>
  );
}
