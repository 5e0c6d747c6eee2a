// Compiles the kernel of this folder to WebAssembly and writes it, as base64, where the package imports it from. With
// --check it only says whether the committed file is what the sources give.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../src/random/dropout-mask.wasm.ts', import.meta.url));

let binary;
const { error, stderr } = await asc.main(
  [
    'dropout-mask.ts',
    '--outFile',
    'out.wasm',
    '-O3',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--initialMemory',
    '2',
    '--noAssert',
  ],
  {
    readFile: (name) => {
      try {
        return readFileSync(`${folder}${name}`, 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (name, contents) => {
      if (name === 'out.wasm') binary = contents;
    },
    listFiles: () => [],
  },
);
if (error) throw new Error(`${error.message}\n${stderr}`);

const source = `// Made by assembly/build.js. Do not edit.

/** The WebAssembly module of the dropout masks, base64. */
export const DROPOUT_MASK =
  '${Buffer.from(binary).toString('base64')}';
`;
if (!process.argv.includes('--check')) writeFileSync(target, source);
else if (readFileSync(target, 'utf8') !== source) {
  throw new Error('dropout-mask.wasm.ts is not what assembly/ gives. Run: node assembly/build.js');
}
