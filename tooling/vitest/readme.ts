import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
 * @param packageFolder its URL, with a slash at the end
 */
export async function runReadmeExample(packageFolder: URL): Promise<ReadmeExample> {
  const readme = await readFile(new URL('README.md', packageFolder), 'utf8');
  const [, code, promised] = /```ts\n(.*?)```.*?```text\n(.*?)```/s.exec(readme)!;
  // Inside the package, so that its own name and its dependencies resolve; in a folder of its own, since it may save files.
  const folder = new URL('.vitest/readme/', packageFolder);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL('example.ts', folder), code!);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@wordloom/source', '--import', import.meta.resolve('tsx'), 'example.ts'],
    { cwd: fileURLToPath(folder), env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return { printed: stdout, promised: promised! };
}
