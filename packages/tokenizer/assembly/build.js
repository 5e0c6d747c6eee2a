// Compiles the kernel of this folder to WebAssembly and writes them, as base64, where the package imports them from. With
// --check it only says whether the committed file is what the sources give.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../src/byte-pair/kernel/byte-pair-kernel.wasm.ts', import.meta.url));

let binary;
const { error, stderr } = await asc.main(
  ['byte-pair.ts', '--outFile', 'out.wasm', '-O3', '--runtime', 'stub', '--initialMemory', '1', '--noAssert'],
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

/** The WebAssembly module of assembly/byte-pair.ts, base64. */
export const BYTE_PAIR_KERNEL =
  '${Buffer.from(binary).toString('base64')}';
`;
if (!process.argv.includes('--check')) writeFileSync(target, source);
else if (readFileSync(target, 'utf8') !== source) {
  throw new Error('byte-pair-kernel.wasm.ts is not what assembly/ gives. Run: node assembly/build.js');
}
