import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segmenter as dictionarySegmenter, sentences as texts } from '../../../test/chinese/oracle.ts';
import { dataPath } from '../../../test/oracles.ts';
import { evaluateSegmentation, parseSegmentedText } from '../evaluate-segmentation.ts';
import { readTrainedSegmenter, writeTrainedSegmenter } from './segmenter-file.ts';
import { type TrainSegmenterEvent, trainSegmenter, trainSegmenterSteps } from './train-segmenter.ts';

const sentences = parseSegmentedText(`我们 喜欢 猫 。
猫 喜欢 吃 鱼 。
他们 在 河 边 钓 鱼 。
河 里 有 很 多 小鱼 ， 我们 看见 了 3 条 。
𠮷野 先生 2024年 来 过 这里 。
`);
const { dictionary } = dictionarySegmenter;

test('what was learned is known, and words join to the text whatever it is', () => {
  const segmenter = trainSegmenter(sentences);
  expect(evaluateSegmentation(segmenter, sentences).f1).toBe(1);
  expect(segmenter.segment('猫喜欢 吃鱼\n。')).toEqual(['猫', '喜欢', ' ', '吃', '鱼', '\n', '。']);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'binary' })), { maxLength: 4 }),
      (parts) => {
        const text = parts.join('');
        const pieces = segmenter.segmentWithOffsets(text);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        expect(pieces.every((piece) => text.slice(piece.start, piece.end) === piece.text)).toBe(true);
        expect(pieces.every((piece) => piece.text.trim() === piece.text || /^\s$/.test(piece.text))).toBe(
          true,
        );
        expect(Array.from(segmenter.boundaries(text))).toEqual(pieces.map((piece) => piece.end));
      },
    ),
  );
});

test('the same sentences and seed give the same segmenter, from its file too', () => {
  const first = writeTrainedSegmenter(trainSegmenter(sentences, { dictionary, seed: 3 }));
  expect(writeTrainedSegmenter(trainSegmenter(sentences, { dictionary, seed: 3 }))).toEqual(first);
  expect(writeTrainedSegmenter(trainSegmenter(sentences, { dictionary, seed: 4 }))).not.toEqual(first);
  expect(writeTrainedSegmenter(readTrainedSegmenter(first, { dictionary }))).toEqual(first);
  expect(() => readTrainedSegmenter(first)).toThrow('TrainedSegmenter: dictionary must be given');
  for (let end = 0; end < 200; end++) {
    expect(() => readTrainedSegmenter(first.subarray(0, end), { dictionary })).toThrow(RangeError);
  }
});

test('rare features can be left out', () => {
  const all = trainSegmenter(sentences).model.features.size;
  const frequent = trainSegmenter(sentences, { minFeatureCount: 3 }).model.features.size;
  expect(frequent).toBeLessThan(all / 3);
  expect(frequent).toBeGreaterThan(0);
});

test('steps tell how it goes, and an abort keeps what was learned', async () => {
  const many = Array.from({ length: 2000 }, (_, index) => sentences[index % sentences.length]!);
  const controller = new AbortController();
  const events: TrainSegmenterEvent[] = [];
  for await (const event of trainSegmenterSteps(many, { epochs: 1000, signal: controller.signal })) {
    events.push(event);
    if (event.type === 'epoch-progress') controller.abort();
  }
  expect(events[0]).toMatchObject({ type: 'read-end', sentenceCount: 2000 });
  const last = events.at(-1)!;
  if (last.type !== 'train-end') throw new Error('no end');
  expect(last.reason).toBe('aborted');
  expect(evaluateSegmentation(last.segmenter, sentences).f1).toBe(1);

  const whole: TrainSegmenterEvent[] = [];
  for await (const event of trainSegmenterSteps(sentences, { epochs: 4 })) whole.push(event);
  const rates = whole.flatMap((event) => (event.type === 'epoch-end' ? [event.errorRate] : []));
  expect(rates).toHaveLength(4);
  expect(rates[3]).toBeLessThan(rates[0]!);
  const end = whole.at(-1)!;
  if (end.type !== 'train-end') throw new Error('no end');
  expect(writeTrainedSegmenter(end.segmenter)).toEqual(
    writeTrainedSegmenter(trainSegmenter(sentences, { epochs: 4 })),
  );
});

test('options out of range, and sentences that are none, are refused by name', () => {
  expect(() => trainSegmenter([])).toThrow('trainSegmenter: sentences must hold a word, got none.');
  expect(() => trainSegmenter(sentences, { epochs: 0 })).toThrow(
    'trainSegmenter: epochs must be an integer of at least 1, got 0.',
  );
  expect(() => trainSegmenter([['a b']])).toThrow(
    'trainSegmenter: words must be without white space, got "a b".',
  );
});

test('the score is that of the bakeoffs', () => {
  // 中国|人民|万岁 found as 中国人|民|万岁 and 好 as 好: 2 of 4 found are right, 2 of 4 right ones found.
  const found = new Map([
    ['中国人民万岁', Int32Array.of(3, 4, 6)],
    ['好', Int32Array.of(1)],
  ]);
  const score = evaluateSegmentation({ boundaries: (text) => found.get(text)! }, [
    ['中国', '人民', '万岁'],
    ['好'],
  ]);
  expect(score).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, wordCount: 4, foundCount: 4, rightCount: 2 });
});

const pkuPath = dataPath('sighan2005/pku_test_gold.utf8');
const treebankPath = dataPath('ud-chinese-gsdsimp/zh_gsdsimp-ud-dev.conllu');

describe.skipIf(!pkuPath || !treebankPath)('real text', () => {
  const pku = pkuPath ? parseSegmentedText(readFileSync(pkuPath, 'utf8')) : [];
  const part = pku.slice(1200, 1500);
  const jieba = evaluateSegmentation(dictionarySegmenter, part).f1;

  test('trained on 500 sentences of a treebank, and none of PKU’s, it beats jieba on text of PKU', () => {
    const treebank = readFileSync(treebankPath!, 'utf8')
      .split('\n\n')
      .map((block) => [...block.matchAll(/^\d+\t(\S+)/gm)].map(([, word]) => word!));
    const segmenter = trainSegmenter(treebank, { dictionary, epochs: 5 });
    expect(evaluateSegmentation(segmenter, part).f1).toBeGreaterThan(jieba + 0.015);
  });

  test('trained on other articles of PKU’s, it makes less than half of jieba’s errors', () => {
    const segmenter = trainSegmenter(pku.slice(0, 600), { dictionary, epochs: 3 });
    expect(1 - evaluateSegmentation(segmenter, part).f1).toBeLessThan((1 - jieba) / 2);
  });
});
