import type { JSX } from 'preact';
import type { Playground } from '../playground.ts';
import { TextPanel } from './text-panel.tsx';
import { TrainingPanel } from './training-panel.tsx';
import { WritingPanel } from './writing-panel.tsx';

export interface PanelProps {
  readonly playground: Playground;
}

export function Page({ playground }: PanelProps): JSX.Element {
  const { purpose, otherLanguage } = playground.strings.value;
  const { language } = playground.settings.value;
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <>
      <header>
        <div>
          <h1>Wordloom</h1>
          <p>{purpose}</p>
        </div>
        <button
          type="button"
          class="quiet"
          lang={other}
          onClick={() => playground.change({ language: other })}
        >
          {otherLanguage}
        </button>
      </header>
      <main>
        <TextPanel playground={playground} />
        <TrainingPanel playground={playground} />
        <WritingPanel playground={playground} />
      </main>
    </>
  );
}
