import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTokenFile, writeTokenFile } from '../node/token-file.ts';
import { randomWindows } from './random-windows.ts';
import { sequentialWindows } from './sequential-windows.ts';
import { encodeTokenFile, openTokenBlob, type TokenFileOptions } from './token-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function blobOf(chunks: Iterable<ArrayLike<number>>, options?: TokenFileOptions): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const bytes of encodeTokenFile(chunks, options)) parts.push(bytes);
  return new Blob(parts);
}

test('tokens are read back as written, from a file and from a blob, any part of them', async () => {
  const path = join(folder, 'tokens');
  const types = fc.constantFrom('uint16', 'uint32', 'int32');
  const chunks = fc.array(fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 20 }), {
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(types, chunks, fc.nat(), fc.nat(), async (tokenType, chunks, from, to) => {
      const all = chunks.flat();
      const metadata = { tokenizer: '词' };
      expect(await writeTokenFile(path, chunks, { tokenType, metadata })).toBe(all.length);
      const [begin, end] = [from % (all.length + 1), to % (all.length + 1)].sort((a, b) => a - b) as [
        number,
        number,
      ];
      await using file = await openTokenFile(path);
      for (const tokens of [file, await openTokenBlob(await blobOf(chunks, { tokenType, metadata }))]) {
        expect([tokens.length, tokens.tokenType, tokens.metadata]).toEqual([all.length, tokenType, metadata]);
        expect(await tokens.read(begin, end)).toEqual(Int32Array.from(all.slice(begin, end)));
      }
    }),
    { numRuns: 40 },
  );
});

test('tokens begin at a multiple of 64 bytes, least significant byte first', async () => {
  const bytes = new Uint8Array(await (await blobOf([[1, 258]])).arrayBuffer());
  expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe('WLTOKENS');
  expect((bytes.length - 4) % 64).toBe(0);
  expect([...bytes.subarray(-4)]).toEqual([1, 0, 2, 1]);
});

test('bare tokens of other programs are read where their type is given', async () => {
  const path = join(folder, 'train.bin');
  await writeFile(path, Uint8Array.of(9, 9, 1, 0, 2, 0, 255, 255));
  await using file = await openTokenFile(path, { tokenType: 'uint16', byteOffset: 2 });
  expect(await file.read(0, 3)).toEqual(Int32Array.of(1, 2, 65_535));
  await expect(openTokenFile(path, { tokenType: 'uint32', byteOffset: 2 })).rejects.toThrow(
    `openTokens: ${path}, byte 2: the file must hold a multiple of 4 bytes of tokens, got 6 bytes.`,
  );
  await expect(openTokenFile(path)).rejects.toThrow('the file must begin with WLTOKENS');
  await expect(openTokenFile(path, { tokenType: 'uint16', byteOffset: 9 })).rejects.toThrow('byteOffset');
  await expect(openTokenFile(path, { tokenType: 'uint8' as 'uint16' })).rejects.toThrow('got uint8');
});

test('a token that does not fit stops the writing, and the old file stays', async () => {
  const path = join(folder, 'old');
  await writeTokenFile(path, [[1, 2, 3]]);
  const before = await readFile(path);
  await expect(writeTokenFile(path, [[1], [2, 65_536]])).rejects.toThrow(
    'encodeTokenFile: tokens must be integers from 0 to 65535 for uint16, got 65536 at 2.',
  );
  await expect(writeTokenFile(path, [[0.5]], { tokenType: 'int32' })).rejects.toThrow('got 0.5 at 0');
  expect(await readFile(path)).toEqual(before);
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await using file = await openTokenFile(path);
  await expect(file.read(2, 4)).rejects.toThrow('0 ≤ begin ≤ end ≤ 3, got 2 and 4');
});

test('damaged files are refused by name and byte', async () => {
  const path = join(folder, 'damaged');
  await writeTokenFile(path, [[1, 2, 3]], { tokenType: 'uint32' });
  const good = await readFile(path);
  const header = new TextDecoder().decode(good.subarray(12, -12)).trim();
  const withHeader = (text: string): Uint8Array => {
    const bytes = Uint8Array.from(good);
    bytes.fill(0x20, 12, -12);
    bytes.set(new TextEncoder().encode(text), 12);
    return bytes;
  };
  const large = Uint8Array.from(good);
  large.fill(0xff, -4);
  const damages: [Uint8Array, string][] = [
    [new Uint8Array(0), 'byte 0: the file must begin with WLTOKENS'],
    [good.subarray(0, 11), 'byte 0: the file must begin with WLTOKENS'],
    [good.subarray(0, 40), 'byte 8: the header must be at most 28 bytes'],
    [good.subarray(0, -1), 'must hold 3 tokens of 4 bytes, got 11 bytes'],
    [Buffer.concat([good, good.subarray(-4)]), 'must hold 3 tokens of 4 bytes, got 16 bytes'],
    [withHeader('{'), 'the header must be JSON'],
    [withHeader('[]'), 'the header must be an object'],
    [withHeader(header.replace('"version":1', '"version":2')), 'version must be 1, got 2'],
    [withHeader(header.replace('uint32', 'uint8')), 'tokenType must be uint16, uint32, int32, got "uint8"'],
    [withHeader(header.replace('"metadata":{}', '"metadata":[]')), 'metadata must map names to strings'],
    [withHeader(header.replace('"tokenCount":3', '"tokenCount":-3')), 'tokenCount must be a non-negative'],
  ];
  for (const [bytes, message] of damages) {
    await writeFile(path, bytes);
    await expect(openTokenFile(path)).rejects.toThrow(message);
  }
  const tokens = await openTokenBlob(new Blob([large]), { source: 'large' });
  await expect(tokens.read(0, 3)).rejects.toThrow('a token must be below 2^31, got 4294967295');
});

test('windows over a file are those over the array', async () => {
  const tokens = Int32Array.from({ length: 100 }, (_, index) => (index * 7) % 50);
  const file = await openTokenBlob(await blobOf([tokens]));
  const options = { batchSize: 3, contextLength: 8, seed: 5 };
  expect(await randomWindows(file, options).batch(4)).toEqual(randomWindows(tokens, options).batch(4));
  const windows = sequentialWindows(file, options);
  const batches = [];
  for await (const batch of windows) batches.push(batch);
  const expected = sequentialWindows(tokens, options);
  expect(batches).toEqual([...expected]);
  expect([windows.count, windows.tokenCount]).toEqual([expected.count, expected.tokenCount]);
});
