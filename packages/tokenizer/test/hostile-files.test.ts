import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadTokenizer } from '../src/index.ts';
import { configurations, decoders } from './pipeline-configurations.ts';

/** More with WORDLOOM_FUZZ=100000. */
const runs = Number(process.env.WORDLOOM_FUZZ ?? 400);
const seed = Number(process.env.WORDLOOM_SEED ?? 1);

const files = configurations.map(({ json }, index) => ({
  ...json,
  decoder: decoders[index % decoders.length],
}));

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      undefined,
      null,
      true,
      false,
      0,
      -1,
      1,
      0.5,
      1e9,
      2 ** 31,
      2 ** 53,
      1e308,
      -0,
      '',
      'a',
      ' ',
      '\ud800',
      '\u0000',
      '__proto__',
      'constructor',
      'a'.repeat(3000),
    ],
    ...[
      [],
      [[]],
      [null],
      [1, 2, 3],
      ['a', 'b', 'c'],
      {},
      { type: 'Sequence' },
      { type: '__proto__' },
      { type: 'constructor' },
      { type: 7 },
      { type: [] },
    ],
    ...[
      '(a+)+$',
      '(?:a{1000}){1000}',
      '[',
      '(',
      '\\',
      '(?<=a+)b',
      '(a)\\1',
      '(?R)',
      'a{99999}',
      '((((((',
      '\\p{Nope}',
      '(?i)',
      '(*FAIL)',
      '[z-a]',
      '\\x{ffffffff}',
      '(?<n>a)\\g<n>',
      '()*',
      '(|a)*',
    ],
    ...[
      { Regex: '(a|a)*b' },
      { Regex: '(a*)*(a*)*b' },
      { String: '' },
      { Regex: '' },
      { Fixed: -1 },
      { Fixed: 1e12 },
      { Sequence: { id: 'C', type_id: 0 } },
      { a: 5, b: 5 },
      { a: -1 },
      { a: 1.5 },
    ],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** What to do at a place of a file: replace, remove, double, or take what stands elsewhere. */
const change = fc.record({
  path: fc.array(fc.nat(), { minLength: 1, maxLength: 7 }),
  kind: fc.constantFrom('replace', 'replace', 'remove', 'double', 'nest'),
  value: hostile,
});

type Change = { readonly path: readonly number[]; readonly kind: string; readonly value: unknown };

/** The value with one part of it changed; paths choose among keys, and go as deep as they can. */
function changed(value: unknown, { path, kind, value: put }: Change): unknown {
  const [first, ...rest] = path;
  const isContainer = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (first === undefined || !isContainer)
    return kind === 'nest'
      ? {
          type: 'Sequence',
          normalizers: [value],
          pretokenizers: [value],
          decoders: [value],
          processors: [value],
        }
      : put;
  const keys = Object.keys(value);
  const key = keys[first % keys.length]!;
  const inner = (value as Record<string, unknown>)[key];
  if (Array.isArray(value)) {
    const index = Number(key);
    if (rest.length === 0 && kind === 'remove') return value.toSpliced(index, 1);
    if (rest.length === 0 && kind === 'double') return value.toSpliced(index, 0, inner);
    return value.with(index, changed(inner, { path: rest, kind, value: put }));
  }
  const entries = Object.entries(value).filter(
    ([name]) => name !== key || rest.length > 0 || kind !== 'remove',
  );
  return Object.fromEntries(
    entries.map(([name, part]) => [
      name,
      name === key ? changed(part, { path: rest, kind, value: put }) : part,
    ]),
  );
}

test('a file with anything wrong in it is refused with an error that says where, or works', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(change, { minLength: 1, maxLength: 2 }),
      (file, changes) => {
        const json = changes.reduce<unknown>((value, each) => changed(value, each), file);
        let tokenizer: ReturnType<typeof loadTokenizer>;
        try {
          tokenizer = loadTokenizer(json);
        } catch (error) {
          expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
          expect((error as Error).message).toMatch(/^loadTokenizer: tokenizer\.json/);
          return;
        }
        try {
          for (const text of ['', 'ab É中 Word<mask>\n', `${'a'.repeat(300)}!`]) {
            const ids = tokenizer.encode(text);
            tokenizer.encodeWithOffsets(text, { pair: 'ab c', overflow: true });
            tokenizer.decode(ids);
          }
        } catch (error) {
          expect((error as Error).message).toMatch(/^(encode|decode): /);
          expect(error).toBeInstanceOf(RangeError);
        }
        const saved = JSON.parse(JSON.stringify(tokenizer));
        expect(loadTokenizer(saved).toJSON()).toEqual(saved);
      },
    ),
    { numRuns: runs, seed },
  );
});

test('files that go on and on are refused or read, in time', () => {
  const nested = (depth: number) =>
    `{"normalizer":${'{"type":"Sequence","normalizers":['.repeat(depth)}${']}'.repeat(depth)},"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}}`;
  expect(loadTokenizer(nested(20)).encode('a')).toEqual(Int32Array.of(0));
  expect(() => loadTokenizer(nested(5000))).toThrow(
    /^loadTokenizer: tokenizer\.json: normalizer\.normalizers.* must be nested at most/,
  );
  expect(() => loadTokenizer(`${'['.repeat(100_000)}`)).toThrow(/^loadTokenizer: tokenizer\.json must be/);
  expect(() => loadTokenizer('[')).toThrow(TypeError);
  const tokens = Array.from({ length: 200_000 }, (_, id) => `"t${id}":${id}`).join();
  expect(loadTokenizer(`{"model":{"type":"WordLevel","unk_token":"t0","vocab":{${tokens}}}}`).vocabSize).toBe(
    200_000,
  );
});
