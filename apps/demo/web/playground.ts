import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { corpora } from '../src/corpora.ts';
import { chinese } from './language/chinese.ts';
import { english } from './language/english.ts';
import type { Strings } from './language/strings.ts';
import { TextReader } from './reading/text-reader.ts';
import { formatSettings, type LanguageName, parseSettings, recipeOf, type Settings } from './settings.ts';
import { Trainer } from './training/trainer.ts';

/** Everything the page shows and does; components read its signals and call its methods. */
export class Playground {
  readonly #preferred: LanguageName;
  readonly #settings;
  readonly #prompt = signal('');
  #writings = 0;

  readonly reader: TextReader = new TextReader();
  readonly trainer: Trainer = new Trainer();
  readonly settings: ReadonlySignal<Settings>;
  readonly strings: ReadonlySignal<Strings>;
  readonly prompt: ReadonlySignal<string> = this.#prompt;
  /** Why training cannot start, in words. */
  readonly obstacle: ReadonlySignal<string | undefined>;
  /** Why the prompt cannot be continued, in words. */
  readonly promptObstacle: ReadonlySignal<string | undefined>;

  /** Takes its settings from the address, and keeps the address up to date. */
  constructor() {
    this.#preferred = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
    this.#settings = signal(parseSettings(location.search, this.#preferred));
    this.settings = this.#settings;
    this.strings = computed(() => (this.settings.value.language === 'zh' ? chinese : english));
    this.obstacle = computed(() => this.#findObstacle());
    this.promptObstacle = computed(() => this.#findPromptObstacle());
    effect(() => {
      const query = formatSettings(this.settings.value, this.#preferred);
      history.replaceState(null, '', `${location.pathname}${query}`);
    });
    effect(() => {
      document.documentElement.lang = this.strings.value.tag;
    });
    void this.chooseText(this.settings.value.text);
  }

  change(change: Partial<Settings>): void {
    this.#settings.value = { ...this.#settings.value, ...change };
    this.#tellWriter();
  }

  async chooseText(text: Settings['text']): Promise<void> {
    this.change({ text });
    this.writePrompt(text === 'own' ? '' : corpora[text].prompt);
    await this.reader.choose(text);
  }

  editText(text: string): void {
    this.reader.edit(text);
    this.change({ text: 'own' });
  }

  writePrompt(prompt: string): void {
    this.#prompt.value = prompt;
    this.#tellWriter();
  }

  train(): void {
    const { settings, reader, trainer } = this;
    trainer.start(reader.text.value, recipeOf(settings.value), settings.value.seed, this.#writing());
  }

  /** Writes once more, and differently each time. */
  write(): void {
    this.trainer.write(this.#writing(), this.settings.value.seed + ++this.#writings);
  }

  #writing() {
    return { prompt: this.#prompt.value, temperature: this.settings.value.temperature };
  }

  /** Samples on the way follow the prompt, as long as the model knows its characters. */
  #tellWriter(): void {
    if (this.promptObstacle.peek() === undefined) this.trainer.changeWriting(this.#writing());
  }

  #findObstacle(): string | undefined {
    const { reader, settings } = this;
    const strings = this.strings.value;
    const source = reader.source.value;
    if (reader.failed.value) return strings.textNotLoaded(strings.textNames[source]);
    if (reader.loading.value) return undefined;
    const text = reader.text.value;
    if (text === '') return strings.emptyText;
    const { contextLength } = recipeOf(settings.value).model;
    const needed = Math.ceil((contextLength + 1) / 0.9);
    if (text.length >= 2 * needed) return undefined;
    const characters = Array.from(text).length;
    if (characters >= needed) return undefined;
    const format = (value: number): string => value.toLocaleString(strings.tag);
    return strings.textTooShort(format(characters), format(needed), format(contextLength));
  }

  #findPromptObstacle(): string | undefined {
    const known = this.trainer.characters.value;
    if (known.size === 0) return undefined;
    const unknown = new Set(Array.from(this.#prompt.value).filter((character) => !known.has(character)));
    return unknown.size === 0
      ? undefined
      : this.strings.value.unknownCharacter(Array.from(unknown).join(' '));
  }
}
