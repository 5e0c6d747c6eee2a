import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentencePieceToTokenizer } from './sentence-piece-to-tokenizer.ts';
import { loadSentencePiece } from './sentence-piece-tokenizer.ts';

/** More with WORDLOOM_FUZZ=100000, others with WORDLOOM_SEED=7. */
const runs = Number(process.env.WORDLOOM_FUZZ ?? 150);
const seed = Number(process.env.WORDLOOM_SEED ?? 1);

const files = ['unigram', 'unigram-rules', 'unigram-bytes', 'bpe', 'bpe-bytes', 'word', 'char'].map((name) =>
  readFileSync(new URL(`../../fixtures/sentence-piece/${name}.model`, import.meta.url)),
);

/** What to do at a place of a file, counted from its start or from its end, where the settings are. */
const change = fc.record({
  place: fc.oneof(fc.nat(), fc.nat(400), fc.integer({ min: -400, max: -1 })),
  kind: fc.constantFrom('set', 'set', 'flip', 'insert', 'remove', 'cut', 'double'),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
});

type Change = { readonly place: number; readonly kind: string; readonly bytes: Uint8Array };

function changed(file: Uint8Array, { place, kind, bytes }: Change): Uint8Array {
  const at = ((place % file.length) + file.length) % file.length;
  const [before, after] = [file.subarray(0, at), file.subarray(at)];
  const { length } = bytes;
  if (kind === 'cut') return before.slice();
  if (kind === 'insert') return Uint8Array.of(...before, ...bytes, ...after);
  if (kind === 'remove') return Uint8Array.of(...before, ...after.subarray(length));
  if (kind === 'double') return Uint8Array.of(...before, ...after.subarray(0, 10 * length), ...after);
  const copy = file.slice();
  if (kind === 'flip') copy[at]! ^= 1 << (bytes[0]! & 7);
  else copy.set(bytes.subarray(0, file.length - at), at);
  return copy;
}

test('a model with anything wrong in it is refused with an error that says where, or works', () => {
  const texts = ['', 'human beings <s> Würde ﬁ①人人', ' \u3000'.repeat(200), `${'a'.repeat(500)}\0😀`];
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (file, changes) => {
        const bytes = changes.reduce<Uint8Array>((value, each) => changed(value, each), file);
        if (bytes.length === 0) return;
        for (const load of [loadSentencePiece, sentencePieceToTokenizer] as const) {
          let tokenizer: ReturnType<typeof load>;
          try {
            tokenizer = load(bytes);
          } catch (error) {
            expect(error, String((error as Error).stack)).toBeInstanceOf(RangeError);
            expect((error as Error).message).toMatch(
              /^(loadSentencePiece|sentencePieceToTokenizer|tokenizer\.model)\b/,
            );
            continue;
          }
          for (const text of texts) {
            try {
              tokenizer.decode(tokenizer.encode(text));
            } catch (error) {
              expect(error, String((error as Error).stack)).toBeInstanceOf(RangeError);
              expect((error as Error).message).toMatch(/^(encode|decode): /);
            }
          }
        }
      },
    ),
    { numRuns: runs, seed },
  );
});
