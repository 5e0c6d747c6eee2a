import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWordVectors, type VectorFormat, WordVectors, writeWordVectors } from '../src/index.ts';
import { readWordVectorsFile, writeWordVectorsFile } from '../src/node.ts';

const FORMATS: readonly VectorFormat[] = ['word2vec', 'word2vec-binary', 'glove', 'safetensors'];

const utf8 = (text: string) => new TextEncoder().encode(text);

function bytesOf(vectors: WordVectors, format: VectorFormat): Uint8Array {
  return new Uint8Array(Buffer.concat([...writeWordVectors(vectors, { format })]));
}

/** In parts of a few bytes, as a slow network has them. */
function* parts(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const anyVectors = fc
  .record({
    words: fc.uniqueArray(
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
        .map((word) => `w${word.replace(/\s/g, '_')}`),
      { minLength: 1, maxLength: 9 },
    ),
    size: fc.integer({ min: 2, max: 9 }),
    numbers: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 81, maxLength: 81 }),
  })
  .map(({ words, size, numbers }) => {
    return new WordVectors(
      words,
      Float32Array.from(numbers.slice(0, words.length * size), (x) => x + 0),
      size,
    );
  });

test.each(FORMATS)(
  'what is written as %s is read again, bit for bit, in parts of any length',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(
        anyVectors,
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        async (vectors, length, packed) => {
          const bytes = bytesOf(vectors, format);
          const read = await readWordVectors(parts(packed ? gzipSync(bytes) : bytes, length));
          expect(read.words).toEqual(vectors.words);
          expect(read.table).toEqual(vectors.table);
        },
      ),
      { numRuns: 60 },
    );
  },
);

test.each(FORMATS)(
  'a %s file that is cut anywhere is refused, or a whole number of words short',
  async (format) => {
    const vectors = new WordVectors(['king', '皇帝', 'queen'], Float32Array.of(1, -2.5, 3e-9, 4, 5, 6.25), 2);
    const bytes = bytesOf(vectors, format);
    for (let end = 0; end < bytes.length - 1; end++) {
      const cut = bytes.subarray(0, end);
      const result = await readWordVectors(cut, { format }).catch((error: unknown) => error);
      if (result instanceof WordVectors) {
        // GloVe's text does not say how many words there are, and the last number of a text may be a shorter one.
        expect(format === 'glove' || (format === 'word2vec' && end > bytes.length - 5)).toBe(true);
      } else {
        expect(result).toBeInstanceOf(SyntaxError);
        expect(String(result)).toMatch(/the file, byte \d+: /);
      }
      // As a stream nobody knows how long it is.
      await readWordVectors(parts(cut, 7), { format }).catch((error) =>
        expect(error).toBeInstanceOf(SyntaxError),
      );
    }
  },
);

test('broken bytes end in an error that names the byte, or in vectors', async () => {
  const vectors = new WordVectors(['king', '皇帝'], Float32Array.of(1, -2.5, 3, 4, 5, 6), 3);
  const bytes = fc.integer({ min: 0, max: 255 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FORMATS), fc.nat(), bytes, async (format, place, value) => {
      const broken = bytesOf(vectors, format).slice();
      broken[place % broken.length] = value;
      const result = await readWordVectors(broken).catch((error: unknown) => error);
      if (!(result instanceof WordVectors))
        expect(String(result)).toMatch(/^SyntaxError: readWordVectors: .*byte \d+/);
    }),
    { numRuns: 400 },
  );
});

test('text is read as its writers wrote it: trailing spaces, CRLF, tabs, empty lines at the end, words with spaces', async () => {
  const fastText = await readWordVectors(utf8('2 2\r\n</s> 0.5 -1e-05 \r\n. . . 1 2 \r\n\r\n'));
  expect(fastText.words).toEqual(['</s>', '. . .']);
  expect(fastText.table).toEqual(Float32Array.of(0.5, -1e-5, 1, 2));
  const glove = await readWordVectors(utf8('the 1 2 3\nat name@domain.com 4 5 6\n\u00a0 7 8 9'));
  expect(glove.words).toEqual(['the', 'at name@domain.com', '\u00a0']);
  expect(glove.size).toBe(3);
});

test('text that is not so is refused where it is not', async () => {
  const read = (text: string) => readWordVectors(utf8(text), { source: 'my.vec' });
  await expect(read('2 2\na 1 2\nb 1 x\n')).rejects.toThrow(
    'readWordVectors: my.vec, byte 14: number 2 of "b" must be a finite decimal, got "x".',
  );
  await expect(read('3 2\na 1 2\nb 3 4\n')).rejects.toThrow(
    'byte 16: 3 words must be there, the file ends after 2',
  );
  await expect(read('1 2\na 1 2\nb 3 4\n')).rejects.toThrow('byte 10: the file must end after the 1 words');
  await expect(read('1 3\na 1 2\n')).rejects.toThrow('byte 4: a word and 3 numbers must stand in a line');
  await expect(read('2 1\na 1\nb nan\n')).rejects.toThrow('got "nan"');
  await expect(read('')).rejects.toThrow('byte 0: the first line must hold a word');
  await expect(read('1 999999999\na 1\n')).rejects.toThrow('at most 1048576 numbers, got 999999999');
  const liars = ['999999999999 1000000\na 1\n', '999999999999999 1\na 1\n'];
  for (const text of liars) {
    for (const format of ['word2vec', 'word2vec-binary'] as const) {
      // As a stream nobody knows how long it is: no memory for what is only said to be there.
      await expect(readWordVectors(parts(utf8(text), 5), { format })).rejects.toThrow(SyntaxError);
    }
  }
  await expect(read('9999999999 300\na 1\n')).rejects.toThrow('the file is not whole');
});

test('binary files with and without newlines after vectors are read, and with numbers that are none refused', async () => {
  const record = (word: string, ...numbers: number[]) =>
    Buffer.concat([utf8(`${word} `), new Uint8Array(Float32Array.from(numbers).buffer)]);
  const gensim = Buffer.concat([utf8('2 2\n'), record('New', 1, 2), record('York', 3, 4)]);
  const c = Buffer.concat([utf8('2 2\n'), record('New', 1, 2), utf8('\n'), record('York', 3, 4), utf8('\n')]);
  for (const bytes of [gensim, c]) {
    const vectors = await readWordVectors(bytes);
    expect(vectors.words).toEqual(['New', 'York']);
    expect(vectors.table).toEqual(Float32Array.of(1, 2, 3, 4));
  }
  const broken = Buffer.concat([utf8('1 2\n'), record('New', 1, Number.NaN)]);
  await expect(readWordVectors(broken)).rejects.toThrow('byte 12: number 2 of "New" must be finite, got NaN');
  const cut = Buffer.concat([utf8('1 2\n'), record('皇', 1, 2)]).fill(0xe7, 5, 7);
  await expect(readWordVectors(cut)).rejects.toThrow('must be UTF-8');
  expect((await readWordVectors(cut, { invalidText: 'replace' })).words[0]).toContain('\ufffd');
});

test('gzip that is cut or broken is refused, and errors of what it comes from stay what they are', async () => {
  const packed = gzipSync(utf8('2 2\na 1 2\nb 3 4\n'));
  const cut = readWordVectors(packed.subarray(0, -9), { source: 'a.gz' });
  await expect(cut).rejects.toThrow(/^readWordVectors: a.gz must be whole and valid gzip/);
  await expect(readWordVectors(packed.fill(7, 12, 20))).rejects.toThrow('must be whole and valid gzip');
  const failing = (function* () {
    yield packed.subarray(0, 12);
    throw new Error('the line is down');
  })();
  await expect(readWordVectors(failing)).rejects.toThrow(/^the line is down/);
});

test('reading ends when what is wanted is there', async () => {
  const lines = function* () {
    yield utf8('1000000 2\n');
    for (let word = 0; word < 10; word++) yield utf8(`w${word} ${word} 1\n`);
    throw new Error('read on');
  };
  expect((await readWordVectors(lines(), { limit: 3, format: 'word2vec' })).words).toEqual([
    'w0',
    'w1',
    'w2',
  ]);
  const chosen = await readWordVectors(lines(), { words: ['w7', 'w2'], format: 'word2vec' });
  expect(chosen.words).toEqual(['w2', 'w7']);
  expect(chosen.vectorOf('w7')).toEqual(Float32Array.of(7, 1));
  await expect(readWordVectors(lines(), { limit: 0 })).rejects.toThrow(
    'limit must be an integer of at least 1',
  );
  await expect(readWordVectors(lines(), { signal: AbortSignal.abort() })).rejects.toThrow('abort');
});

test('words that a format cannot hold are not written', () => {
  const vectors = new WordVectors(['New York'], Float32Array.of(1, 2), 2);
  expect(() => bytesOf(vectors, 'word2vec')).toThrow(
    'words must have no white space in the format word2vec, got "New York"',
  );
  expect(Buffer.concat([...writeWordVectors(vectors, { space: '_' })]).toString()).toBe(
    '1 2\nNew_York 1 2\n',
  );
  expect(Buffer.from(bytesOf(vectors, 'glove')).toString()).toBe('New York 1 2\n');
});

test('files get their names when they are whole, in the format that the name says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wordloom-vectors-'));
  try {
    const vectors = new WordVectors(['a', '皇帝'], Float32Array.of(0.1, 2, 3, 4), 2);
    for (const name of ['a.vec', 'a.txt.gz', 'deep/a.bin', 'a.bin.gz', 'a.safetensors']) {
      await writeWordVectorsFile(join(folder, name), vectors);
      const read = await readWordVectorsFile(join(folder, name));
      expect(read.words).toEqual(vectors.words);
      expect(read.table).toEqual(vectors.table);
    }
    expect(await readFile(join(folder, 'a.vec'), 'utf8')).toBe('2 2\na 0.1 2\n皇帝 3 4\n');
    const first = await readWordVectorsFile(join(folder, 'a.safetensors'), { limit: 1 });
    expect(first.words).toEqual(['a']);
    const chosen = await readWordVectorsFile(join(folder, 'a.safetensors'), { words: ['皇帝', 'none'] });
    expect(chosen.table).toEqual(Float32Array.of(3, 4));
    const unfit = new WordVectors(['a', 'a b'], new Float32Array(4), 2);
    await expect(writeWordVectorsFile(join(folder, 'b.vec'), unfit)).rejects.toThrow('white space');
    expect((await readdir(folder)).sort()).toEqual([
      'a.bin.gz',
      'a.safetensors',
      'a.txt.gz',
      'a.vec',
      'deep',
    ]);
    await expect(readWordVectorsFile(join(folder, 'none'))).rejects.toThrow('ENOENT');
  } finally {
    await rm(folder, { recursive: true });
  }
});

const DATA = new URL('../../../../shared/data/', import.meta.url);

test.skipIf(!existsSync(DATA))("gensim's test files are read", async () => {
  const path = (name: string) => new URL(`ckpt-gensim-vectors/${name}`, DATA).pathname;
  const binary = await readWordVectorsFile(path('euclidean_vectors.bin'));
  expect([binary.words.length, binary.size, binary.words[0]]).toEqual([2747, 10, 'the']);
  const text = await readWordVectorsFile(path('word2vec_pre_kv_c'));
  expect(text.size).toBeGreaterThan(1);
});
