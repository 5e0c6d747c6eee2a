import { expect, expectTypeOf, test } from 'vitest';
import {
  decodeStream,
  type Encoding,
  IncrementalEncoder,
  loadTokenizer,
  type TokenId,
  type TokenIds,
  type Tokenizer,
  trainCharacters,
} from './index.ts';

const json = trainCharacters('abc').toJSON();
const plain = loadTokenizer(json);
const first = loadTokenizer<'first'>(json);
const second = loadTokenizer<'second'>(json);

test('without a name, ids are numbers', () => {
  expectTypeOf(plain).toEqualTypeOf<Tokenizer>();
  expectTypeOf(plain.encode('a')).toEqualTypeOf<Int32Array>();
  expectTypeOf(plain.encodeWithOffsets('a')).toEqualTypeOf<Encoding>();
  expectTypeOf(plain.tokenToId('a')).toEqualTypeOf<number | undefined>();
  expectTypeOf(plain.decode).parameter(0).toEqualTypeOf<ArrayLike<number>>();
  expectTypeOf<TokenId>().toEqualTypeOf<number>();
  expectTypeOf<TokenIds>().toEqualTypeOf<Int32Array>();
});

test('with a name, they are ids of that vocabulary', () => {
  const ids = first.encode('ab');
  expectTypeOf(ids).toEqualTypeOf<TokenIds<'first'>>();
  expectTypeOf(ids[0]!).toExtend<TokenId<'first'>>();
  expectTypeOf([...ids]).toEqualTypeOf<TokenId<'first'>[]>();
  expectTypeOf(first.with({}).encodeBatch(['a'])).toEqualTypeOf<TokenIds<'first'>[]>();
  expectTypeOf(first.encodeWithOffsets('a').ids).toExtend<TokenIds<'first'>>();
  expectTypeOf(new IncrementalEncoder(first).ids).toEqualTypeOf<TokenIds<'first'>>();
  expectTypeOf(first.specialTokens.get('a')!).toEqualTypeOf<TokenId<'first'>>();
  expect(first.decode(ids)).toBe('ab');
  expect(first.decode([...ids, ids[0]!])).toBe('aba');
  expect(first.createTextDecoder().push(ids)).toBe('ab');
});

test('ids of another vocabulary do not compile', () => {
  const ids = first.encode('ab');
  const [id] = ids;
  // @ts-expect-error of `first`, not of `second`
  expect(second.decode(ids)).toBe('ab');
  // @ts-expect-error
  expect(second.decode([...ids])).toBe('ab');
  // @ts-expect-error
  expect(second.idToToken(id!)).toBe('a');
  // @ts-expect-error
  expect(second.createTextDecoder().push(ids)).toBe('ab');
  // @ts-expect-error
  expect(decodeStream(second, ids)).toBeDefined();
  // @ts-expect-error
  const other: Tokenizer<'second'> = first;
  // @ts-expect-error
  const otherIds: TokenIds<'second'> = first.encode('a');
  expect([other, otherIds]).toHaveLength(2);
});

test('named and plain go together: models take and give numbers', () => {
  const ids = first.encode('ab');
  const numbers: Int32Array = ids;
  const array: number[] = [...ids];
  const tokenizer: Tokenizer = first;
  expect(tokenizer.decode(ids)).toBe('ab');
  expect(first.decode(numbers)).toBe('ab');
  expect(first.decode(array)).toBe('ab');
  expect(first.decode(plain.encode('ab'))).toBe('ab');
  const named = plain as Tokenizer<'first'>;
  expect(named.decode(ids)).toBe('ab');
});
