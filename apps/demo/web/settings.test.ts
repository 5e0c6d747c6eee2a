import { gptRecipes } from '@wordloom/transformer';
import { expect, test } from 'vitest';
import { formatSettings, parseSettings, type Settings } from './settings.ts';

const defaults: Settings = {
  text: 'shakespeare',
  size: 'demo',
  steps: gptRecipes.demo.steps,
  seed: 1,
  temperature: 0.8,
  language: 'en',
};

test('an address without a query gives the defaults, and the defaults need no query', () => {
  expect(parseSettings('')).toEqual(defaults);
  expect(formatSettings(defaults)).toBe('');
});

test('every setting survives the way into the address and back', () => {
  const settings: Settings = {
    text: 'tang-poems',
    size: 'tiny',
    steps: 25,
    seed: 0,
    temperature: 1.3,
    language: 'zh',
  };
  const query = formatSettings(settings);
  expect(new URLSearchParams(query).size).toBe(6);
  expect(parseSettings(query)).toEqual(settings);
});

test('values that make no sense have their default, and numbers out of range the nearest allowed one', () => {
  expect(parseSettings('?text=toString&size=huge&steps=2.5&seed=x&temperature=&language=la')).toEqual(
    defaults,
  );
  expect(parseSettings('?steps=-3&seed=1e9&temperature=50')).toMatchObject({
    steps: 1,
    seed: 999_999,
    temperature: 2,
  });
});

test("the reader's own language needs no place in the address", () => {
  expect(parseSettings('', 'zh').language).toBe('zh');
  expect(formatSettings({ ...defaults, language: 'zh' }, 'zh')).toBe('');
  expect(formatSettings(defaults, 'zh')).toBe('?language=en');
});
