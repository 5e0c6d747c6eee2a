import { describe, expect, test } from 'vitest';
import { readMetricGoldens } from '../../../test/metric-goldens.ts';
import { commonSubsequence } from './common-subsequence.ts';
import { porterStem } from './porter-stemmer.ts';
import { CorpusRouge, type RougeScore, rouge, rougeScores } from './rouge.ts';

const score = (precision: number, recall: number, f1: number, digits = 10): RougeScore => ({
  precision: expect.closeTo(precision, digits),
  recall: expect.closeTo(recall, digits),
  f1: expect.closeTo(f1, digits),
});

// The random strings of rouge_score's test data, and what ROUGE-1.5.5 gives for them.
const references = [
  "ZfbCUIUuePaiLVUlCaUXxkpu XPeWing tUHfPMuZ',-Xd Y BrUgVJing M-HV.-DgdDaY.rFDJCRing Ht-LM EKBDXkME,yz'RBr q'wtion wIojNbN wL,b .a-'XdQggyFl jB-RPP'iyOIcUxer tKM L",
  "KsJdPByEtAor fE-Qg Dpdbring cw-WeFyu vC MoBL Xdn g wkvcEiGvKtion BDFhrpMtion psing sbKao Q m qiing LMmer HqqLFXe,XPY,J XsurkMer ,ed nB'wH'bWVHjWFEing tQ.saefZwJtKrTlixYpMMsJing UCAPwNHeYVjDing c T BUySKtion gMPfJpwGw p'NvxAoping eu pBwMBKV'I DNxqelhu,PHPxDEq,mtion SN",
  "NhETebUbBk'er WOvoHMTjSRizKgH'vHiing Xu,hWxfs VkNE QhgKiLHE -HidivzoM.dO anhtion jbLQiSGDTCsuhREebUaKM dv J dVN tmbOT",
  "vMR HDm,xOAetion D,tion HJtodT.mHl UIv-p VjWH'BdyWjnfGU-OjT aEMdFICyLWfQMtion wEMfdOKing AwkeKbO 'DxqNOHBH qKtVvm OYJl mM",
];
const hypotheses = [
  "rFDJCRtion Ht-LM EKtDXkME,yz'RBr q'wer wrojNbN wL,b .a-'XdQggyFl jB-RPP'iyOIcUxi",
  "n cw-WeFyu vC MoBL Xdn g wkvcEiGvKtion BDFhrpMer pstion sbKao Q m qier LMmed HqqLFXe,XPY,J XsurkMeo ,ed nB'wH'bWVHjWFEer tQ.saefZwJtKrTlixYpMMNJtion UCAPwNHeYVjD",
  'xfs VkJE QhgKiLHE -HidivzoM.dO anhing jbLQiSGDTCsuhREebUaKM dv J',
  "VjWH'BdyWjnfGU-OjTNaEMdFICyLWfQMing wEMfdOKijg AwkeKbO 'DxqNO",
];

describe('scores that rouge_score publishes', () => {
  test.each([
    [0, false, 'rouge1', [0.6875, 0.40741, 0.51163]],
    [1, false, 'rouge1', [0.65385, 0.40476, 0.5]],
    [0, true, 'rouge1', [0.6875, 0.40741, 0.51163]],
    [1, true, 'rouge1', [0.69231, 0.42857, 0.52941]],
    [0, false, 'rouge2', [0.53333, 0.30769, 0.39024]],
    [1, true, 'rouge2', [0.48, 0.29268, 0.36364]],
    [0, false, 'rougeL', [0.6875, 0.40741, 0.51163]],
    [1, false, 'rougeL', [0.65385, 0.40476, 0.5]],
  ] as const)('text %i, stem %s, %s', (index, stem, kind, [precision, recall, f1]) => {
    const scores = rougeScores(hypotheses[index]!, references[index]!, { stem });
    for (const [name, expected] of Object.entries({ precision, recall, f1 })) {
      expect(Math.abs(scores[kind][name as keyof RougeScore] - expected), name).toBeLessThan(5e-6);
    }
  });

  test('summaries of several sentences, stemmed', () => {
    const { rougeLsum } = rougeScores(hypotheses.join('\n'), references.join('\n'), { stem: true });
    expect(rougeLsum).toEqual(score(0.66667, 0.36538, 0.47205, 4));
  });

  test('hand-made cases', () => {
    expect(rougeScores('testing', 'testing one two').rouge1).toEqual(score(1, 1 / 3, 1 / 2));
    expect(rougeScores('testing one', 'testing one two').rouge2).toEqual(score(1, 1 / 2, 2 / 3));
    expect(rougeScores('testing two', 'testing one two').rougeL).toEqual(score(1, 2 / 3, 4 / 5));
    expect(rougeScores('w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5', 'w1 w2 w3 w4 w5').rougeLsum).toEqual(
      score(0.4, 0.8, 8 / 15),
    );
    for (const empty of ['', '/', '中文']) {
      const scores = Object.values(rougeScores(empty, 'testing one two'));
      expect(scores).toEqual(scores.map(() => ({ precision: 0, recall: 0, f1: 0 })));
    }
  });
});

test('the common subsequence is the one that ROUGE-1.5.5 finds', () => {
  expect(commonSubsequence([...'12345'], [...'2534'])).toEqual([1, 2, 3]);
  expect(commonSubsequence([...'12345'], [...'89'])).toEqual([]);
});

test('stems are those of NLTK', () => {
  const { stems } = readMetricGoldens();
  expect(Object.keys(stems).length).toBeGreaterThan(1000);
  for (const [word, stem] of Object.entries(stems)) expect(porterStem(word), word).toBe(stem);
  expect(porterStem('constructor')).toBe('constructor');
});

test('a corpus has the mean of its texts, and each variant its best reference', () => {
  const scores = rouge(['a b', 'c d'], [['x', 'a b c d'], 'c d']);
  expect(scores.rouge1).toEqual(score(1, 0.75, (2 / 3 + 1) / 2));
  expect(scores.rouge2).toEqual(score(1, (1 / 3 + 1) / 2, (1 / 2 + 1) / 2));
  expect(() => new CorpusRouge().score()).toThrow('there must be a text');
  expect(() => rougeScores('a', [])).toThrow('references must hold a text');
});

test('another tokenizer scores other scripts', () => {
  const tokenize = (text: string): string[] => [...text];
  expect(rougeScores('今天天气好', '今天天气很好', { tokenize }).rouge1).toEqual(score(1, 5 / 6, 10 / 11));
});
