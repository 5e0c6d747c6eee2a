/**
 * Makes `data/tang-poems.txt` from the chinese-poetry collection.
 *
 * Keeps regular verse (4 or 8 clauses, all of 5 or all of 7 characters), once each; drops poems with a character that
 * occurs fewer than 4 times in those, because a small model could not learn it; orders poems by the SHA-256 of their text, so that the last tenth is a fair sample of the whole. Writes one
 * couplet per line and an empty line between poems.
 *
 * Usage: tsx tools/select-tang-poems.ts FILE... > data/tang-poems.txt
 * FILE is a JSON file of the collection (an array of `{ paragraphs }`) or plain text with one poem per line.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const MINIMUM_COUNT = 4;

const poems = new Set(process.argv.slice(2).flatMap(readPoems).filter(isRegularVerse));
process.stdout.write(
  dropRareCharacters([...poems])
    .map((poem) => ({ poem, key: createHash('sha256').update(poem).digest('hex') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ poem }) => poem.replaceAll(/(?<=[。？！])/g, '\n'))
    .join('\n'),
);

function readPoems(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.json')) return text.split('\n');
  return (JSON.parse(text) as { paragraphs: string[] }[]).map(({ paragraphs }) => paragraphs.join(''));
}

function isRegularVerse(poem: string): boolean {
  if (!/^[\u4e00-\u9fff，。？！；]+[。？！]$/.test(poem)) return false;
  const lengths = poem
    .split(/[，。？！；]/)
    .slice(0, -1)
    .map((clause) => clause.length);
  const [first] = lengths;
  return (
    (lengths.length === 4 || lengths.length === 8) &&
    (first === 5 || first === 7) &&
    lengths.every((length) => length === first)
  );
}

function dropRareCharacters(poems: string[]): string[] {
  const counts = new Map<string, number>();
  for (const character of poems.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
  return poems.filter((poem) => [...poem].every((character) => counts.get(character)! >= MINIMUM_COUNT));
}
