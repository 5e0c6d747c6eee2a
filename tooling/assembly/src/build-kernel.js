import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/**
 * Compiles AssemblyScript to WebAssembly and writes it, as base64, where a package imports it from. Where the command line says --check, it only
 * says whether the committed file is what the sources give.
 *
 * @param {object} kernel
 * @param {URL} kernel.folder          of the sources, with a slash at the end
 * @param {string[]} kernel.sources    names of files in it
 * @param {URL} kernel.target          the file to write
 * @param {string} kernel.name         the constant that it exports
 * @param {string} kernel.description  one line about it
 * @param {number} kernel.initialMemory pages of 64 KiB
 * @param {boolean} [kernel.simd]      whether the sources use vectors (default false)
 * @param {boolean} [kernel.sharedMemory] whether the module takes a shared memory, `env.memory`, of any size, and may wait in it (default false)
 */
export async function buildKernel({
  folder,
  sources,
  target,
  name,
  description,
  initialMemory,
  simd = false,
  sharedMemory = false,
}) {
  const binary = await compile(fileURLToPath(folder), [
    ...sources,
    ...['--outFile', OUTPUT, '-O3', '--runtime', 'stub', '--initialMemory', `${initialMemory}`, '--noAssert'],
    ...(simd ? ['--enable', 'simd'] : []),
    ...(sharedMemory
      ? ['--enable', 'threads', '--importMemory', '--sharedMemory', '--maximumMemory', '65536']
      : []),
  ]);
  const source = `// Made by assembly/build.js. Do not edit.

/** ${description} */
export const ${name} =
  '${Buffer.from(binary).toString('base64')}';
`;
  if (!process.argv.includes('--check')) writeFileSync(target, source);
  else if (readFileSync(target, 'utf8') !== source) {
    throw new Error(
      `${basename(fileURLToPath(target))} is not what assembly/ gives. Run: node assembly/build.js`,
    );
  }
}

const OUTPUT = 'out.wasm';

async function compile(folder, argumentList) {
  let binary;
  const { error, stderr } = await asc.main(argumentList, {
    readFile: (name) => {
      try {
        return readFileSync(`${folder}${name}`, 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (name, contents) => {
      if (name === OUTPUT) binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return binary;
}
