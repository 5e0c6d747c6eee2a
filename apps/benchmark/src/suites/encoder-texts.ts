import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readChineseData } from '@wordloom/chinese-dictionary/node';
import { readChineseDictionary } from '@wordloom/tokenizer/chinese';
import { drawText } from './drawn-text.ts';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

/**
 * English, Chinese and code. Books and articles where `WORDLOOM_DATA` names a folder that has them, else this repository's documents and a
 * drawn text; the code is this repository's.
 *
 * @param bytes how long each is in UTF-8, at most
 */
export async function encoderTexts(
  bytes: number,
): Promise<{ texts: ReadonlyMap<string, string>; notes: string[] }> {
  const folder = process.env.WORDLOOM_DATA ?? '';
  const notes: string[] = [];
  const corpus = async (path: string): Promise<string | undefined> => {
    const text =
      folder === '' ? undefined : await readFile(join(folder, path), 'utf8').catch(() => undefined);
    if (text === undefined) notes.push(`${path} not found: WORDLOOM_DATA must name a folder that holds it.`);
    return text;
  };
  const english = await corpus('english-books/moby-dick.txt');
  const chinese = await corpus('cmrc2018/zhwiki-contexts.txt');
  const { dictionary } = await readChineseData();
  return {
    texts: new Map([
      english
        ? ['English', cut(english.slice(20_000), bytes)]
        : ['documents', cut(await repositoryText('.md'), bytes)],
      chinese
        ? ['Chinese', cut(chinese, bytes)]
        : ['drawn Chinese', cut(drawText(readChineseDictionary(dictionary), bytes / 3), bytes)],
      ['code', cut(await repositoryText('.ts'), bytes)],
    ] as const),
    notes,
  };
}

function cut(text: string, bytes: number): string {
  const part = Buffer.from(text).subarray(0, bytes).toString();
  // Half a character at the end has become a replacement character.
  return part.endsWith('\ufffd') ? part.slice(0, -1) : part;
}

/** All files of a kind in the packages, in order of their paths, but for tables and modules in base 64. */
async function repositoryText(ending: string): Promise<string> {
  const names: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(REPOSITORY, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (['node_modules', 'dist', 'tables', 'data'].includes(entry.name)) continue;
      if (entry.isDirectory()) await visit(path);
      else if (path.endsWith(ending) && !/\.(wasm|d)\.ts$|classes\.ts$/.test(path)) names.push(path);
    }
  };
  for (const folder of ['packages', 'docs']) await visit(folder);
  const texts = await Promise.all(names.sort().map((name) => readFile(join(REPOSITORY, name), 'utf8')));
  return texts.join('\n');
}
