import type { JSX } from 'preact';
import { corpora } from '../../src/corpora.ts';
import type { Strings } from '../language/strings.ts';
import type { Vocabulary } from '../reading/vocabulary.ts';
import type { Settings } from '../settings.ts';
import type { PanelProps } from './page.tsx';

const SOURCES = [...Object.keys(corpora), 'own'] as Settings['text'][];
/** Characters of the vocabulary that are shown. */
const SHOWN = 60;

/** The text to learn from, and what it is made of. */
export function TextPanel({ playground }: PanelProps): JSX.Element {
  const { reader } = playground;
  const strings = playground.strings.value;
  const vocabulary = reader.vocabulary.value;
  const format = (value: number): string => value.toLocaleString(strings.tag);
  return (
    <section class="text-panel" aria-labelledby="text-heading">
      <h2 id="text-heading">{strings.textHeading}</h2>
      <fieldset class="choices">
        <legend class="hidden">{strings.textLabel}</legend>
        {SOURCES.map((source) => (
          <label key={source}>
            <input
              type="radio"
              name="text"
              checked={reader.source.value === source}
              onChange={() => void playground.chooseText(source)}
            />
            <span>{strings.textNames[source]}</span>
          </label>
        ))}
      </fieldset>
      <textarea
        aria-label={strings.textLabel}
        rows={9}
        spellcheck={false}
        placeholder={reader.loading.value ? strings.textLoading : strings.ownTextPlaceholder}
        value={reader.text.value}
        onInput={({ currentTarget }) => playground.editText(currentTarget.value)}
      />
      <p class="hint">
        {vocabulary
          ? strings.textSize(format(vocabulary.characterCount), format(vocabulary.characters.length))
          : '\u00a0'}
        <br />
        {strings.textSplit}
      </p>
      <details>
        <summary>{strings.vocabularyHeading}</summary>
        <p class="hint">{strings.vocabularyHint}</p>
        {vocabulary && <VocabularyList vocabulary={vocabulary} strings={strings} />}
      </details>
    </section>
  );
}

function VocabularyList({
  vocabulary: { characters },
  strings,
}: {
  readonly vocabulary: Vocabulary;
  readonly strings: Strings;
}): JSX.Element {
  const most = characters[0]?.[1] ?? 1;
  const format = (value: number): string => value.toLocaleString(strings.tag);
  const names: Readonly<Record<string, keyof Strings['characterNames']>> = {
    ' ': 'space',
    '\n': 'newLine',
    '\t': 'tab',
  };
  return (
    <ul class="vocabulary">
      {characters.slice(0, SHOWN).map(([character, count]) => {
        const name = names[character];
        const shown = name === undefined ? character : strings.characterNames[name];
        // The share of ink follows the logarithm: counts fall steeply.
        const share = Math.round(10 + (60 * Math.log1p(count)) / Math.log1p(most));
        return (
          <li
            key={character}
            style={{ '--share': `${share}%` }}
            title={strings.vocabularyCount(shown, format(count))}
          >
            {shown}
          </li>
        );
      })}
      {characters.length > SHOWN && (
        <li class="more">{strings.vocabularyMore(format(characters.length - SHOWN))}</li>
      )}
    </ul>
  );
}
