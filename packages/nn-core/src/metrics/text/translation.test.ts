import { describe, expect, test } from 'vitest';
import { readMetricGoldens } from '../../../test/metric-goldens.ts';
import { chrf } from './chrf.ts';
import { terWords } from './ter-words.ts';
import { translationEditRate } from './translation-edit-rate.ts';

const risk = [
  'risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .',
  'risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists .',
] as const;

describe('chrF scores that sacreBLEU publishes', () => {
  const smoothed = { beta: 3, epsilonSmoothing: true };
  test.each<[string[], string[], number]>([
    [['abcdefg'], ['hijklmnop'], 0],
    [['a'], ['b'], 0],
    [[''], ['reference'], 0],
    [['aa'], ['ab'], 8.3333],
    [['a', 'b'], ['a', 'c'], 8.3333],
    [['a'], ['a'], 16.6667],
    [['a b c'], ['a b c'], 50],
    [['a b c'], ['abc'], 50],
    [[` ${risk[0]}`], [risk[1]], 63.36173],
    [
      [' Die    Beziehung zwischen  Obama und Netanjahu ist nicht gerade  freundlich. '],
      ['Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich.'],
      64.1302698,
    ],
  ])('mean over all orders: %j for %j', (hypotheses, references, expected) => {
    expect(Math.abs(chrf(hypotheses, references, smoothed).score - expected)).toBeLessThan(1e-4);
  });

  test.each<[string[], string[], number]>([
    [['a'], ['a'], 100],
    [[''], ['reference'], 0],
    [['a b c'], ['abc'], 100],
    [['a', 'b'], ['a', 'c'], 50],
    [['aa'], ['ab'], 25],
  ])('effective order: %j for %j', (hypotheses, references, expected) => {
    expect(chrf(hypotheses, references, { beta: 3 }).score).toBeCloseTo(expected, 10);
  });

  test('white space kept', () => {
    expect(chrf([risk[0]], [risk[1]], { beta: 3, whitespace: true }).score).toBeCloseTo(65.2414427, 4);
  });

  test.each([
    [
      'Co nás nejvíc trápí, protože lékaři si vybírají, kdo bude žít a kdo zemře.',
      'Nejvíce smutní jsme z toho, že musíme rozhodovat o tom, kdo bude žít a kdo zemře.',
      39.14078509,
    ],
    [
      'Nebo prostě nemají vybavení, které by jim pomohlo, uvedli lékaři.',
      'A někdy nemáme ani potřebný materiál, abychom jim pomohli, popsali lékaři.',
      31.22557079,
    ],
  ])('a Czech sentence: %s', (hypothesis, reference, expected) => {
    expect(chrf([hypothesis], [reference], { epsilonSmoothing: true }).score).toBeCloseTo(expected, 4);
  });

  test('chrF++, with and without case', () => {
    const hypotheses = [
      'The relationship between cats and dogs is not exactly friendly.',
      'a good bookshop is just a genteel black hole that knows how to read.',
    ];
    const references = [
      'The relationship between dogs and cats is not exactly friendly.',
      'A good bookshop is just a genteel Black Hole that knows how to read.',
    ];
    const score = (options: object): number => chrf(hypotheses, references, options).score;
    expect(score({})).toBeCloseTo(84.64214891738334, 10);
    expect(score({ wordOrder: 2 })).toBeCloseTo(82.87263732906315, 10);
    expect(score({ wordOrder: 2, lowercase: true })).toBeCloseTo(92.12853119829202, 10);
  });

  test('several references, and the signature', () => {
    const hypotheses = ['The dog bit the man.', "It wasn't surprising.", 'The man had just bitten him.'];
    const references = [
      ['The dog bit the man.', 'The dog had bit the man.'],
      ['It was not unexpected.', 'No one was surprised.'],
      ['The man bit him first.', 'The man had bitten the dog.'],
    ];
    const { score, signature } = chrf(hypotheses, references);
    expect(score.toFixed(2)).toBe('59.73');
    expect(signature).toBe('nrefs:2|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0');
  });
});

test('chrF with the mean over all orders is that of NLTK', () => {
  const { hypotheses, references, chrf: scores } = readMetricGoldens().bleu;
  for (const [index, expected] of scores.entries()) {
    const { score } = chrf([hypotheses[index]!], [references[index]![0]!], { epsilonSmoothing: true });
    expect(score).toBeCloseTo(100 * expected, 9);
  }
});

test('chrF++ cuts a mark off the end of a word or off its start', () => {
  // Words `(` `hi` match words `(` `hi`; characters of 5 orders match too, and order 6 does not occur.
  expect(chrf(['(hi ok'], ['( hi ok'], { wordOrder: 1 }).score).toBeCloseTo(100, 10);
  // `(hi)` is cut into `(hi` and `)`: one word of two matches.
  const score = chrf(['(hi)'], ['(ho)'], { characterOrder: 0, wordOrder: 1 }).score;
  expect(score).toBeCloseTo(50, 10);
});

describe('TER scores that sacreBLEU publishes', () => {
  test.each([
    ['aaaa bbbb cccc dddd', 'aaaa bbbb cccc dddd', 0],
    ['dddd eeee ffff', 'aaaa bbbb cccc', 100],
    ['', 'a', 100],
    ['d e f g h a b c', 'a b c d e f g h', 12.5],
  ])('%s for %s', (hypothesis, reference, expected) => {
    expect(translationEditRate([hypothesis], [reference]).score).toBe(expected);
  });

  test('sentences of a translation campaign, with shifts', () => {
    const hypotheses = [
      'wählen Sie " Bild neu berechnen , " um beim Ändern der Bildgröße Pixel hinzuzufügen oder zu entfernen , damit das Bild ungefähr dieselbe Größe aufweist wie die andere Größe .',
      'wenn Sie alle Aufgaben im aktuellen Dokument aktualisieren möchten , wählen Sie im Menü des Aufgabenbedienfelds die Option " Alle Aufgaben aktualisieren . "',
      'klicken Sie auf der Registerkarte " Optionen " auf die Schaltfläche " Benutzerdefiniert " und geben Sie Werte für " Fehlerkorrektur-Level " und " Y / X-Verhältnis " ein .',
      'Sie können beispielsweise ein Dokument erstellen , das ein Auto über die Bühne enthält .',
      'wählen Sie im Dialogfeld " Neu aus Vorlage " eine Vorlage aus und klicken Sie auf " Neu . "',
    ];
    const references = [
      'wählen Sie " Bild neu berechnen , " um beim Ändern der Bildgröße Pixel hinzuzufügen oder zu entfernen , damit die Darstellung des Bildes in einer anderen Größe beibehalten wird .',
      hypotheses[1]!,
      'klicken Sie auf der Registerkarte " Optionen " auf die Schaltfläche " Benutzerdefiniert " und geben Sie für " Fehlerkorrektur-Level " und " Y / X-Verhältnis " niedrigere Werte ein .',
      'Sie können beispielsweise ein Dokument erstellen , das ein Auto enthalt , das sich über die Bühne bewegt .',
      hypotheses[4]!,
    ];
    expect(Math.abs(translationEditRate(hypotheses, references).score - 13.6)).toBeLessThan(1e-3);
  });

  const hypotheses = [
    'does this sentence match??',
    'what about this sentence?',
    'What did the TER metric user say to the developer?',
  ];
  const references = [
    ['does this sentence match', 'does this sentence match!?!'],
    ['wHaT aBoUt ThIs SeNtEnCe?', 'wHaT aBoUt ThIs SeNtEnCe?'],
    ['Your jokes are...', '...TERrible'],
  ];
  test.each([
    [3, { caseSensitive: true }, [150, 15, 10]],
    [2, { caseSensitive: true }, [62.5, 5, 8]],
    [2, { caseSensitive: true, normalize: true }, [57.14285714285714, 6, 10.5]],
    [2, { ignorePunctuation: true }, [0, 0, 8]],
    [3, { ignorePunctuation: true }, [100, 10, 10]],
  ] as const)('%i sentences with %j', (count, options, expected) => {
    const result = translationEditRate(hypotheses.slice(0, count), references.slice(0, count), options);
    expect([result.score, result.edits, result.referenceLength]).toEqual(expected);
  });

  test.each([
    ['A B C D.', {}, 'a b c d.'],
    ['A ; B ) C : D.', { ignorePunctuation: true }, 'a b c d'],
    ['a b (c) d.', { normalize: true }, 'a b ( c ) d .'],
    ["Jim's car.", { normalize: true }, "jim 's car ."],
    ["(Jim's)", { normalize: true }, "( jim 's )"],
    ['4.2', { normalize: true }, '4.2'],
    ['美众院公布对特', { normalize: true, asian: true }, '美 众 院 公 布 对 特'],
    ['りの拳銃を持', { normalize: true, asian: true }, 'りの 拳 銃 を 持'],
  ])('words of %s with %j', (text, options, expected) => {
    expect(terWords(text, options).join(' ')).toBe(expected);
  });

  test('the signature', () => {
    expect(translationEditRate(['a'], ['a']).signature).toBe(
      'nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0',
    );
  });
});

test('a reference of marks alone has no words: any edit is 100', () => {
  const options = { ignorePunctuation: true };
  expect(translationEditRate(['a'], ['!'], options).score).toBe(100);
  expect(translationEditRate(['?'], ['!'], options).score).toBe(0);
  expect(translationEditRate(['a b', 'c'], ['', 'c']).score).toBe(200);
  expect(chrf(['ab', 'cd'], ['', 'cd']).score).toBe(100);
});
