import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  createChineseDictionary,
  DocumentFrequencies,
  parseChineseDictionary,
  parseHiddenMarkovModel,
  writeChineseDictionary,
  writeDocumentFrequencies,
  writeHiddenMarkovModel,
} from '@wordloom/tokenizer/chinese';

// Makes the files in data/ from jieba's own:
//   pnpm --filter @wordloom/chinese-dictionary build:data --dictionary dict.txt --unknown-words hmm_model.utf8 --inverse-document-frequencies idf.txt
const { values } = parseArgs({
  options: {
    dictionary: { type: 'string' },
    'unknown-words': { type: 'string' },
    'inverse-document-frequencies': { type: 'string' },
  },
});
if (!values.dictionary || !values['unknown-words'] || !values['inverse-document-frequencies']) {
  throw new Error(
    'build-data: --dictionary, --unknown-words and --inverse-document-frequencies must name files',
  );
}
const folder = new URL('../data/', import.meta.url);
await mkdir(folder, { recursive: true });
const dictionary = parseChineseDictionary(await readFile(values.dictionary, 'utf8'), {
  source: values.dictionary,
});
const unknownWords = parseHiddenMarkovModel(await readFile(values['unknown-words'], 'utf8'), {
  source: values['unknown-words'],
});
await writeFile(new URL('dictionary.bin', folder), writeChineseDictionary(dictionary));
await writeFile(new URL('unknown-words.bin', folder), writeHiddenMarkovModel(unknownWords));

// jieba's idf.txt has logarithms of documents over documents with the word; its rarest words occur in one.
const lines = (await readFile(values['inverse-document-frequencies'], 'utf8')).trimEnd().split('\n');
const inverses = lines.map((line) => line.split(' ') as [word: string, inverse: string]);
const rarest = inverses.reduce((most, [, inverse]) => Math.max(most, Number(inverse)), 0);
const documentCount = Math.round(Math.exp(rarest));
const words = createChineseDictionary(
  inverses.map(([word, inverse]) => ({
    word,
    frequency: Math.round(documentCount / Math.exp(Number(inverse))),
    tag: '',
  })),
);
await writeFile(
  new URL('document-frequencies.bin', folder),
  writeDocumentFrequencies(new DocumentFrequencies(words, documentCount)),
);
