import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readShakespeare } from './shakespeare.ts';

/** Real text, as much of it as there is. */
export async function readBaseText(): Promise<{ sentences: string[][]; name: string }> {
  const folder = process.env.WORDLOOM_DATA;
  const files = ['brown', 'darwin', 'moby-dick', 'sotu'].map((name) => join('english-books', `${name}.txt`));
  const texts: string[] = [];
  for (const file of folder ? [join('ptb', 'ptb.train.txt'), ...files] : []) {
    try {
      texts.push(await readFile(join(folder!, file), 'utf8'));
    } catch {
      // what is there is taken
    }
  }
  const name = texts.length > 0 ? 'Penn Treebank, Brown, Darwin, Moby Dick, addresses' : 'Shakespeare';
  if (texts.length === 0) texts.push((await readShakespeare()).text);
  const sentences = texts
    .join('\n')
    .split('\n')
    .map((line) => line.split(/\s+/).filter(Boolean))
    .filter((words) => words.length > 0);
  return { sentences, name };
}

const RARE = 2;

/**
 * Writes a text of a size: the base as it is, and then, until there is enough, copies of it in which half of the words are others, drawn with the base's
 * frequencies, and rare words have names of their own. So new n-grams and new words keep coming, as they do in text that is not repeated.
 */
export async function writeLargeText(
  path: string,
  sentences: readonly (readonly string[])[],
  wordCount: number,
): Promise<void> {
  const tokens = sentences.flat();
  const counts = new Map<string, number>();
  for (const word of tokens) counts.set(word, (counts.get(word) ?? 0) + 1);
  let state = 12345;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  function* parts(): Generator<string> {
    let words = 0;
    for (let copy = 0; words < wordCount; copy++) {
      let lines: string[] = [];
      for (const sentence of sentences) {
        const changed = sentence.map((word) => {
          if (copy === 0) return word;
          const drawn = draw() < 0.5 ? word : tokens[Math.floor(draw() * tokens.length)]!;
          return counts.get(drawn)! <= RARE ? `${drawn}~${copy}` : drawn;
        });
        lines.push(changed.join(' '));
        words += changed.length;
        if (lines.length === 4096 || words >= wordCount) {
          yield `${lines.join('\n')}\n`;
          lines = [];
        }
        if (words >= wordCount) return;
      }
      if (lines.length > 0) yield `${lines.join('\n')}\n`;
    }
  }
  await pipeline(Readable.from(parts()), createWriteStream(path));
}
