import { classifierRecipes, languageModelRecipes } from '@wordloom/rnn';
import { classifierPreset } from './classifier-preset.ts';
import { languageModelPreset } from './language-model-preset.ts';
import type { Preset } from './preset.ts';

/** All recipes that can be run on files, but those of GPTs, by name. */
export const presets: ReadonlyMap<string, Preset> = new Map(
  [
    ...Object.entries(languageModelRecipes).map(([name, recipe]) => languageModelPreset(name, recipe)),
    ...Object.entries(classifierRecipes).map(([name, recipe]) => classifierPreset(name, recipe)),
  ].map((preset) => [preset.name, preset]),
);
