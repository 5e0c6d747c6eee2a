import { RandomStream, type TensorData } from '@wordloom/compile';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Batch, IGNORED_TARGET } from './batch.ts';
import { causalCollator } from './causal-collator.ts';
import { exampleBatches } from './dataset.ts';
import { maskedLanguageCollator } from './masked-language-collator.ts';
import { paddingCollator } from './padding-collator.ts';
import { seq2seqCollator } from './seq2seq-collator.ts';
import { sequentialExamples } from './sequential-examples.ts';
import { windowExamples } from './window-examples.ts';

const none = new RandomStream(0);
const rowsOf = ({ data, shape }: TensorData): number[][] =>
  Array.from({ length: shape[0]! }, (_, row) => [...data.subarray(row * shape[1]!, (row + 1) * shape[1]!)]);
const plain = (batch: Batch) =>
  Object.fromEntries(
    Object.entries(batch).map(([name, tensor]) => [
      name,
      tensor.shape.length === 2 ? rowsOf(tensor) : [...tensor.data],
    ]),
  );

test('rows are filled up on either side, arrays beside the tokens as well, and numbers make columns', () => {
  const examples = [
    { inputs: [5, 6, 7], targets: [1, 2, 3], kinds: [0, 0, 1], label: 1, score: 0.5 },
    { inputs: [8], targets: [4], kinds: [1], label: 0, score: 2 },
  ];
  const options = { padId: 9, multipleOf: 4, floatFields: ['score'] };
  const right = paddingCollator(options)(examples, none);
  expect(plain(right)).toEqual({
    inputs: [
      [5, 6, 7, 9],
      [8, 9, 9, 9],
    ],
    targets: [
      [1, 2, 3, -100],
      [4, -100, -100, -100],
    ],
    kinds: [
      [0, 0, 1, 0],
      [1, 0, 0, 0],
    ],
    mask: [
      [1, 1, 1, 0],
      [1, 0, 0, 0],
    ],
    label: [1, 0],
    score: [0.5, 2],
  });
  expect(Object.entries(right).map(([name, { dtype }]) => `${name} ${dtype}`)).toEqual([
    'inputs int32',
    'targets int32',
    'kinds int32',
    'mask bool',
    'label int32',
    'score float32',
  ]);
  const left = paddingCollator({ ...options, side: 'left', fills: { kinds: 3 } })(examples, none);
  expect(plain(left)).toMatchObject({
    inputs: [
      [9, 5, 6, 7],
      [9, 9, 9, 8],
    ],
    kinds: [
      [3, 0, 0, 1],
      [3, 3, 3, 1],
    ],
    mask: [
      [0, 1, 1, 1],
      [0, 0, 0, 1],
    ],
  });
  const masked = paddingCollator(options)([{ inputs: [1, 2], mask: [1, 0] }], none);
  expect(masked.mask).toMatchObject({ dtype: 'bool', data: Uint8Array.of(1, 0, 0, 0) });
});

test('rows have the length that the options say, for every batch', () => {
  const examples = [{ inputs: [1, 2, 3, 4, 5] }, { inputs: [6] }];
  const width = (options: object) =>
    paddingCollator({ padId: 0, ...options })(examples, none).inputs!.shape[1];
  expect([width({}), width({ multipleOf: 4 }), width({ length: 7 }), width({ buckets: [4, 6, 9] })]).toEqual([
    5, 8, 7, 6,
  ]);
  const cut = (truncate: 'start' | 'end') =>
    rowsOf(paddingCollator({ padId: 0, length: 3, truncate })(examples, none).inputs!)[0];
  expect([cut('start'), cut('end')]).toEqual([
    [3, 4, 5],
    [1, 2, 3],
  ]);
  expect(() => width({ buckets: [2, 4] })).toThrow(
    'paddingCollator: rows must have at most 4 tokens, got 5 in row 0. Set truncate to cut them.',
  );
});

test('what does not fit together is refused by name and row', () => {
  const pad = (options: object, ...examples: Parameters<ReturnType<typeof paddingCollator>>[0]) =>
    paddingCollator({ padId: 0, ...options })(examples, none);
  expect(() => pad({ length: 4, multipleOf: 2 })).toThrow(
    'must not be given together, got length and multipleOf',
  );
  expect(() => pad({ buckets: [4, 4] })).toThrow('buckets must be ascending positive integers, got [4,4]');
  expect(() => pad({ buckets: [] })).toThrow('buckets must be');
  expect(() => pad({ length: 0 })).toThrow('length must be a positive integer, got 0');
  expect(() => pad({ length: 4, maxLength: 5 })).toThrow('maxLength must be at most 4, got 5');
  expect(() => pad({ truncate: 'middle' })).toThrow("truncate must be 'start' or 'end', got middle");
  expect(() => pad({}, { inputs: [1, 2], targets: [1] })).toThrow(
    'targets must have one element per token (2), got 1 in row 0',
  );
  expect(() => pad({}, { inputs: [1, 2.5] })).toThrow(
    'inputs must be 32-bit integers, got 2.5 in row 0, position 1',
  );
  expect(() => pad({}, { inputs: [1], label: 1 }, { inputs: [1], label: [1] })).toThrow(
    'label must be a number as in row 0, got an array in row 1',
  );
});

test('a causal row has its next tokens as targets, those of the prompt excepted', () => {
  const examples = [[1, 2, 3, 4], { tokens: [5, 6, 7], targetMask: [0, 0, 1] }];
  expect(plain(causalCollator({ padId: 0 })(examples, none))).toEqual({
    inputs: [
      [1, 2, 3],
      [5, 6, 0],
    ],
    targets: [
      [2, 3, 4],
      [-100, 7, -100],
    ],
    mask: [
      [1, 1, 1],
      [1, 1, 0],
    ],
  });
  const cut = causalCollator({ padId: 0, length: 2, truncate: 'start', side: 'left' })(examples, none);
  expect(plain(cut)).toMatchObject({
    inputs: [
      [2, 3],
      [5, 6],
    ],
    targets: [
      [3, 4],
      [-100, 7],
    ],
  });
  const broken = [{ tokens: [1, 2], targetMask: [1] }];
  expect(() => causalCollator({ padId: 0 })(broken, none)).toThrow(
    'targetMask must have one element per token (2)',
  );
});

test('a decoder reads its target behind a start token, as Hugging Face shifts labels', () => {
  const examples = [
    { source: [5, 6, 1], target: [7, 8, 9, 1] },
    { source: [5, 1], target: [7, 1] },
  ];
  const collate = seq2seqCollator({ padId: 0, decoderStartId: 2, source: { length: 4 } });
  expect(plain(collate(examples, none))).toEqual({
    inputs: [
      [5, 6, 1, 0],
      [5, 1, 0, 0],
    ],
    mask: [
      [1, 1, 1, 0],
      [1, 1, 0, 0],
    ],
    decoderInputs: [
      [2, 7, 8, 9],
      [2, 7, 0, 0],
    ],
    targets: [
      [7, 8, 9, 1],
      [7, 1, -100, -100],
    ],
  });
});

const bert = { vocabSize: 50, maskId: 49, padId: 0, specialIds: [1, 2] };

test('of each row the share of its tokens is to be predicted, specials never, and what is not hidden stays', () => {
  const token = fc.integer({ min: 1, max: 48 });
  fc.assert(
    fc.property(
      fc.array(fc.array(token, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
      fc.nat(),
      (examples, seed) => {
        const batch = maskedLanguageCollator(bert)(examples, new RandomStream(seed));
        const [inputs, targets] = [rowsOf(batch.inputs!), rowsOf(batch.targets!)];
        for (const [row, tokens] of examples.entries()) {
          const eligible = tokens.filter((token) => token > 2).length;
          const chosen = targets[row]!.filter((target) => target !== IGNORED_TARGET).length;
          expect(chosen).toBe(Math.min(eligible, Math.max(1, Math.round(0.15 * eligible))));
          for (const [place, token] of tokens.entries()) {
            if (targets[row]![place] === IGNORED_TARGET) expect(inputs[row]![place]).toBe(token);
            else expect([targets[row]![place], token > 2]).toEqual([token, true]);
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('80% of what is to be predicted is masked, 10% is random, 10% stays', () => {
  const tokens = Array.from({ length: 20_000 }, () => 7);
  const { inputs, targets } = maskedLanguageCollator(bert)([tokens], new RandomStream(3));
  const chosen = [...inputs!.data].filter((_, place) => targets!.data[place] !== IGNORED_TARGET);
  const share = (of: (token: number) => boolean) => chosen.filter(of).length / chosen.length;
  expect(chosen).toHaveLength(3000);
  // Within four standard deviations of n = 3000; a fiftieth of the random ones is the mask, and one the token itself.
  expect(Math.abs(share((token) => token === 49) - 0.802)).toBeLessThan(0.03);
  expect(Math.abs(share((token) => token !== 49 && token !== 7) - 0.096)).toBeLessThan(0.022);
  expect(new Set(chosen).size).toBeGreaterThan(45);
});

test('whole words are hidden whole, as many as fit, and what is in none is never chosen', () => {
  // Words of 3, 2, 2 and 1 tokens between [CLS] and [SEP]; 4 of 8 tokens are to be chosen.
  const tokens = [1, 11, 12, 13, 21, 22, 31, 32, 41, 2, 45];
  const words = [null, 0, 0, 0, 1, 1, 2, 2, 3, null, null];
  const collate = maskedLanguageCollator({ ...bert, wholeWords: true, probability: 0.5 });
  const seen = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const { targets } = collate([{ tokens, words }], new RandomStream(seed));
    const chosen = [...targets!.data].filter((target) => target !== IGNORED_TARGET);
    seen.add(String(chosen));
  }
  expect([...seen].sort()).toEqual(['11,12,13,41', '21,22,31,32', '21,22,41', '31,32,41']);
  // A word that is larger than the share is hidden if it comes first: every row has a target.
  const single = collate([{ tokens: [11, 12, 13], words: [4, 4, 4] }], none);
  expect([...single.targets!.data]).toEqual([11, 12, 13]);
  expect(() => collate([[1, 2]], none)).toThrow('examples must have words for wholeWords, got none in row 0');
});

test('masked rows keep their other inputs, are cut before they are masked, and depend on seed and step alone', () => {
  const example = { tokens: [1, 11, 12, 13, 14, 15], fields: { kinds: [0, 0, 0, 1, 1, 1], next: 1 } };
  const collate = maskedLanguageCollator({ ...bert, length: 4, truncate: 'end', probability: 1 });
  const batch = plain(collate([example], none));
  expect(batch).toMatchObject({ targets: [[-100, 11, 12, 13]], kinds: [[0, 0, 0, 1]], next: [1] });
  const make = () =>
    exampleBatches(
      windowExamples(
        Int32Array.from({ length: 50 }, (_, index) => 3 + (index % 40)),
        12,
      ),
      {
        batchSize: 4,
        collate: maskedLanguageCollator({ ...bert, length: 12 }),
        seed: 6,
      },
    );
  expect(make().batch(11)).toEqual(make().batch(11));
  expect(make().batch(11)).not.toEqual(make().batch(12));
});

test('shares and masks out of range are refused', () => {
  const make = (options: object) => () => maskedLanguageCollator({ ...bert, ...options });
  expect(make({ maskId: 50 })).toThrow('maskId must be a token below vocabSize (50), got 50');
  expect(make({ probability: 1.5 })).toThrow('probability must be in [0, 1], got 1.5');
  expect(make({ maskShare: 0.8, randomShare: 0.3 })).toThrow('must add up to at most 1, got 0.8 and 0.3');
});

test('examples in order come once, the last batch shorter, with the same draws in every pass', async () => {
  const options = { batchSize: 3, collate: maskedLanguageCollator({ ...bert, length: 4 }) };
  const batches = sequentialExamples(
    windowExamples(
      Int32Array.from({ length: 26 }, (_, i) => i + 3),
      4,
    ),
    options,
  );
  const passes: Batch[][] = [[], []];
  for (const pass of passes) for await (const batch of batches) pass.push(batch);
  expect(passes[0]).toEqual(passes[1]);
  expect([batches.count, ...passes[0]!.map(({ inputs }) => inputs!.shape[0])]).toEqual([3, 3, 3, 1]);
  const seen = passes[0]!.flatMap(({ inputs, targets }) =>
    [...targets!.data].map((target, place) => (target === IGNORED_TARGET ? inputs!.data[place]! : target)),
  );
  expect(seen).toEqual([...Array.from({ length: 26 }, (_, i) => i + 3), 0, 0]);
});
