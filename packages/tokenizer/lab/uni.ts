import { readFileSync } from 'node:fs';
import { trainUnigram, trainUnigramSteps } from '../src/models/unigram/train-unigram.ts';

const [file, size] = [process.argv[2]!, Number(process.argv[3])];
const words = new Map<string, number>();
for (const line of readFileSync(file, 'utf8').split('\n'))
  for (const w of line.normalize('NFKC').trim().split(/\s+/))
    if (w) words.set('▁' + w, (words.get('▁' + w) ?? 0) + 1);
console.log(words.size, 'words');
const t = performance.now();
for await (const e of trainUnigramSteps(words, {
  vocabSize: size,
  specialTokens: ['<unk>', '<s>', '</s>'],
  characterCoverage: 0.9995,
  isPiece: (p) => {
    if (p.lastIndexOf('▁') > 0) return false;
    const q = p.replace('▁', '');
    return /^\p{L}*$/u.test(q) || /^[^\p{L}]*$/u.test(q);
  },
})) {
  if (e.type !== 'train-end') console.log(((performance.now() - t) / 1000).toFixed(1), JSON.stringify(e));
  else {
    const m = e.model;
    const ref = new Map(
      readFileSync('/tmp/uni/m.vocab', 'utf8')
        .trim()
        .split('\n')
        .map((l) => l.split('\t'))
        .map(([a, b]) => [a!, Number(b)]),
    );
    const mine = m.toJSON().vocab;
    let common = 0;
    for (const [p] of mine) if (ref.has(p)) common++;
    console.log('pieces', mine.length, 'common', common, 'of', ref.size);
    console.log(
      mine
        .slice(3, 12)
        .map(([p, s]) => `${p} ${s.toFixed(3)} ${ref.get(p)?.toFixed(3)}`)
        .join(' | '),
    );
    const only = mine
      .filter(([p]) => !ref.has(p))
      .slice(0, 20)
      .map(([p]) => p);
    console.log('only mine', only.join(' '));
    console.log(
      'only ref',
      [...ref.keys()]
        .filter((p) => m.idOf(p) === undefined)
        .slice(0, 20)
        .join(' '),
    );
  }
}
console.log(((performance.now() - t) / 1000).toFixed(1), 's');
