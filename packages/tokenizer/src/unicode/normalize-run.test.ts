import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeRun } from './normalize-run.ts';

const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

test('long stretches of marks come out as those of the engine, which sorts them one by one', () => {
  const mark = fc.oneof(
    fc.constantFrom(
      ...'\u0301\u0323\u0334\u0344\u0345\u0f71\u0f73\u0f81\u093c\u094d\u3099\u05b0\u05bf\u064b\u20dd\u0903',
    ),
    fc.integer({ min: 0x300, max: 0x36f }).map((unit) => String.fromCharCode(unit)),
  );
  const text = fc
    .tuple(
      fc.constantFrom('', 'e', 'é', 'ﬁ', 'が', '\u1100'),
      fc.array(mark, { minLength: 60, maxLength: 200 }),
      fc.constantFrom('', 'a\u0301', '\u1161'),
    )
    .map(([before, marks, after]) => before + marks.join('') + after);
  fc.assert(
    fc.property(text, (each) => {
      for (const form of forms) expect(normalizeRun(each, form)).toBe(each.normalize(form));
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('two hundred thousand marks, two in turn, do not take minutes', () => {
  const half = 100_000;
  for (const form of forms) {
    expect(normalizeRun(`a${'\u0301\u0323'.repeat(half)}`, form).length).toBeGreaterThan(2 * half - 2);
  }
});
