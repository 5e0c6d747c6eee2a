import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What an example prints, and what its document says that it prints. */
export interface ReadmeExample {
  readonly printed: string;
  readonly promised: string;
}

/** A TypeScript block of a document, and the text block that says what it prints. */
export interface DocumentBlock {
  readonly code: string;
  /** Empty if no text block comes before the next TypeScript block. */
  readonly promised: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
}

/**
 * Runs the first TypeScript block of a README as a program of its own, and reads the first text block after it.
 *
 * @param packageFolder its URL, with a slash at the end: where the program's imports resolve
 * @param document      another document than the package's README
 */
export async function runReadmeExample(
  packageFolder: URL,
  document: URL = new URL('README.md', packageFolder),
): Promise<ReadmeExample> {
  const [first] = await readBlocks(document);
  const printed = await run(first!.code, packageFolder, document);
  return { printed, promised: first!.promised };
}

/**
 * Runs all TypeScript blocks of a document, in order, as one program: later blocks see what earlier ones declare.
 *
 * @param packageFolder its URL, with a slash at the end: where the program's imports resolve
 * @returns for each block what it prints, and what the document says that it prints
 */
export async function runDocument(
  packageFolder: URL,
  document: URL,
): Promise<(DocumentBlock & ReadmeExample)[]> {
  const blocks = await readBlocks(document);
  const end = 'end of block 5c1d0f'; // a line that no document prints
  const program = blocks.map(({ code }) => `${code}console.log('${end}');\n`).join('');
  const printed = (await run(program, packageFolder, document)).split(`${end}\n`);
  return blocks.map((block, index) => ({ ...block, printed: printed[index]! }));
}

/** The TypeScript blocks of a document. */
export async function readBlocks(document: URL): Promise<DocumentBlock[]> {
  const text = await readFile(document, 'utf8');
  const blocks: DocumentBlock[] = [];
  for (const { 1: language, 2: content, index } of text.matchAll(/^```(\w*)\n(.*?)^```$/gms)) {
    if (language === 'ts') {
      blocks.push({ code: content!, promised: '', line: text.slice(0, index).split('\n').length + 1 });
    } else if (language === 'text' && blocks.at(-1)?.promised === '') {
      blocks.push({ ...blocks.pop()!, promised: content! });
    }
  }
  return blocks;
}

/** @returns what the program prints */
async function run(code: string, packageFolder: URL, document: URL): Promise<string> {
  // Inside the package, so that its own name and its dependencies resolve; in a folder of its own, since it may save files.
  const folder = new URL(`.vitest/${basename(document.pathname, '.md')}/`, packageFolder);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL('example.ts', folder), code);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@wordloom/source', '--import', import.meta.resolve('tsx'), 'example.ts'],
    { cwd: fileURLToPath(folder), env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return stdout;
}
