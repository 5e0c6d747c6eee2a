import { type GptRecipe, gptRecipes } from '@wordloom/transformer';
import { type CorpusName, corpora } from '../src/corpora.ts';

/** The recipes that a page has time for. */
export const sizes = ['tiny', 'demo', 'shakespeare-char'] as const;

export type SizeName = (typeof sizes)[number];

export type LanguageName = 'en' | 'zh';

/** What a page's address can say; the same settings and text give the same training again. */
export interface Settings {
  /** A bundled text, or `own`: a text of the reader's, which the address does not hold. */
  readonly text: CorpusName | 'own';
  readonly size: SizeName;
  readonly steps: number;
  readonly seed: number;
  readonly temperature: number;
  readonly language: LanguageName;
}

/** The ranges that the page's controls and its address allow. */
export const limits = {
  steps: { min: 1, max: 100_000 },
  seed: { min: 0, max: 999_999 },
  temperature: { min: 0, max: 2, step: 0.1 },
} as const;

const DEFAULTS = { text: 'shakespeare', size: 'demo', seed: 1, temperature: 0.8 } as const;

/**
 * Reads an address's query; what is missing or makes no sense has its default.
 *
 * @param preferred the language of the reader's browser
 */
export function parseSettings(query: string, preferred: LanguageName = 'en'): Settings {
  const parameters = new URLSearchParams(query);
  const text = parameters.get('text');
  const named = parameters.get('size');
  const size = isSize(named) ? named : DEFAULTS.size;
  const language = parameters.get('language');
  const number = (name: string): number => Number(parameters.get(name) || Number.NaN);
  const integer = (name: 'steps' | 'seed', fallback: number): number =>
    Number.isInteger(number(name)) ? clamp(number(name), limits[name]) : fallback;
  const temperature = number('temperature');
  return {
    text: isCorpus(text) || text === 'own' ? text : DEFAULTS.text,
    size,
    steps: integer('steps', gptRecipes[size].steps),
    seed: integer('seed', DEFAULTS.seed),
    temperature: Number.isNaN(temperature) ? DEFAULTS.temperature : clamp(temperature, limits.temperature),
    language: language === 'en' || language === 'zh' ? language : preferred,
  };
}

/** The query for settings, without those that have their default: empty, or `?…`. */
export function formatSettings(settings: Settings, preferred: LanguageName = 'en'): string {
  const { size } = settings;
  const defaults: Settings = {
    ...DEFAULTS,
    size: DEFAULTS.size,
    steps: gptRecipes[size].steps,
    language: preferred,
  };
  const parameters = new URLSearchParams();
  for (const name of Object.keys(defaults) as (keyof Settings)[]) {
    if (settings[name] !== defaults[name]) parameters.set(name, String(settings[name]));
  }
  return parameters.size > 0 ? `?${parameters}` : '';
}

/** The recipe that settings ask for. */
export function recipeOf({ size, steps }: Pick<Settings, 'size' | 'steps'>): GptRecipe {
  return { ...gptRecipes[size], steps };
}

export function clamp(value: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.min(max, Math.max(min, value));
}

function isCorpus(name: string | null): name is CorpusName {
  return name !== null && Object.hasOwn(corpora, name);
}

function isSize(name: string | null): name is SizeName {
  return sizes.some((size) => size === name);
}
