import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  parseChineseDictionary,
  parseHiddenMarkovModel,
  writeChineseDictionary,
  writeHiddenMarkovModel,
} from '@wordloom/tokenizer/chinese';

// Makes the files in data/ from jieba's own:
//   pnpm --filter @wordloom/chinese-dictionary build:data --dictionary dict.txt --unknown-words hmm_model.utf8
const { values } = parseArgs({
  options: { dictionary: { type: 'string' }, 'unknown-words': { type: 'string' } },
});
if (!values.dictionary || !values['unknown-words']) {
  throw new Error('build-data: --dictionary and --unknown-words must name files');
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
