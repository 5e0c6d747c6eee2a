import { describe, expect, it } from 'vitest';
import { parseLabeledTexts } from './labeled-texts.ts';
import type { PresetInputs } from './preset.ts';
import { presets } from './presets.ts';

describe('parseLabeledTexts', () => {
  it.each([
    ['tabs', 'a film\tgood\r\n\na bore\tbad\n'],
    ['tabs under a header', 'sentence\tlabel\na film\tgood\na bore\tbad\n'],
    ['fastText', '__label__good a film\n__label__bad  a bore \n'],
    ['commas', '\uFEFFlabel,review\ngood,"a film"\nbad,a bore\nbad,\n'],
  ])('reads %s', (_, contents) => {
    expect(parseLabeledTexts(contents, 'f')).toEqual([
      { text: 'a film', label: 'good' },
      { text: 'a bore', label: 'bad' },
    ]);
  });

  it('keeps quotes, commas and line ends of quoted fields', () => {
    expect(parseLabeledTexts('label,text\n1,"a ""fine"", long\nfilm"\n', 'f')).toEqual([
      { text: 'a "fine", long\nfilm', label: '1' },
    ]);
  });

  it.each([
    ['a film\tgood\na film\n', 'f, line 2: a text, a tab and a label are needed, got 1 fields.'],
    ['a film\tgood\n\tgood\n', 'f, line 2: the text is empty.'],
    ['__label__good a film\ngood\n', 'f, line 2: __label__ and a name are needed at the beginning.'],
    [
      'text,kind\na film,good\n',
      'f: a header with a field label is needed, or lines of a text, a tab and a label; got text, kind.',
    ],
    ['label,text\n,a film\n', 'f, line 2: the label is empty.'],
    ['label,text\n', 'f has no labeled text.'],
  ])('refuses %j', (contents, message) => {
    expect(() => parseLabeledTexts(contents, 'f')).toThrow(message);
  });
});

describe('presets', () => {
  const prepare = (name: string, inputs: Partial<PresetInputs>) =>
    presets.get(name)!.prepare({
      training: '',
      validation: undefined,
      names: { training: 'train', validation: 'valid' },
      epochs: 1,
      seed: 1,
      ...inputs,
    });

  it.each([
    [
      'sentiment',
      { training: 'a\tx\nb\ty\n', validation: 'a\tz\n' },
      'valid: the label z is not among those trained on: x, y.',
    ],
    ['sentiment', { training: 'a\tx\nb\tx\n' }, 'train: texts of two labels at least are needed, got x.'],
    ['ptb-small', { training: 'a b\n'.repeat(30) }, 'train: more than 400 tokens are needed, got 81.'],
    [
      'ptb-small',
      { training: 'a b\n'.repeat(300), validation: 'a b\n' },
      'valid: more than 20 tokens are needed, got 3.',
    ],
  ])('%s refuses %j', (name, inputs, message) => {
    expect(() => prepare(name, inputs)).toThrow(message);
  });

  it('without a file to validate on, a tenth is held out, of all labels mixed', () => {
    const lines = Array.from({ length: 100 }, (_, at) => `text ${at}\t${at < 50 ? 'x' : 'y'}\n`);
    expect(prepare('sentiment', { training: lines.join('') }).description[0]).toContain(
      '90 to train on, 10 to validate; labels x, y',
    );
  });
});
