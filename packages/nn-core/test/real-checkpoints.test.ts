import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openTensorFile, writeSafetensors } from '../src/node.ts';
import { bytesOfTensor } from '../src/tensor-files/element-type.ts';

/** Checkpoints that others made, which are not part of the product. */
const data = process.env.WORDLOOM_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const files = existsSync(data)
  ? readdirSync(data)
      .filter((folder) => folder.startsWith('ckpt-'))
      .flatMap((folder) => readdirSync(join(data, folder)).map((name) => join(data, folder, name)))
  : [];
const safetensors = files.filter((path) => path.endsWith('.safetensors'));
const others = files.filter((path) => /\.(bin|ftz)$/.test(path));

test.skipIf(safetensors.length === 0)(
  'safetensors of others are read, and stay what they are when written',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wordloom-'));
    try {
      for (const path of safetensors) {
        const copy = join(folder, 'copy.safetensors');
        await using original = await openTensorFile(path);
        await writeSafetensors(copy, original);
        await using written = await openTensorFile(copy);
        expect(original.tensors.size, path).toBeGreaterThan(5);
        expect([...written.tensors.keys()].sort()).toEqual([...original.tensors.keys()].sort());
        for (const name of original.tensors.keys()) {
          const [before, after] = [await original.readRaw(name), await written.readRaw(name)];
          expect([after.elementType, after.shape]).toEqual([before.elementType, before.shape]);
          expect(Buffer.compare(bytesOfTensor(before), bytesOfTensor(after)), `${path} ${name}`).toBe(0);
        }
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test.skipIf(others.length === 0)('files of other formats are refused by their first bytes', async () => {
  for (const path of others) {
    await expect(openTensorFile(path)).rejects.toThrow(`openSafetensors: ${path}, byte `);
  }
});
