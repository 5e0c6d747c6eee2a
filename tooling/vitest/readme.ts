import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What a README's example prints, and what the README says that it prints. */
export interface ReadmeExample {
  readonly printed: string;
  readonly promised: string;
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
  const readme = await readFile(document, 'utf8');
  const [, code, promised] = /```ts\n(.*?)```.*?```text\n(.*?)```/s.exec(readme)!;
  // Inside the package, so that its own name and its dependencies resolve; in a folder of its own, since it may save files.
  const folder = new URL(`.vitest/${basename(document.pathname, '.md')}/`, packageFolder);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL('example.ts', folder), code!);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@wordloom/source', '--import', import.meta.resolve('tsx'), 'example.ts'],
    { cwd: fileURLToPath(folder), env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return { printed: stdout, promised: promised! };
}
