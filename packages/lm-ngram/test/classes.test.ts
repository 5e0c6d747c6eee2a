import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ClassModel,
  type ClusterProgress,
  clusterWords,
  countNgrams,
  LinearMixture,
  type NgramCounts,
  NgramVocabulary,
  readArpa,
  readClasses,
  scoreText,
  trainClassModel,
  trainNgramModel,
  writeArpa,
  writeClasses,
} from '../src/index.ts';

function count(sentences: readonly (readonly string[])[], words: Iterable<string> = sentences.flat()) {
  const vocabulary = NgramVocabulary.of(words);
  const ids = sentences.map((sentence) => vocabulary.encode(sentence));
  return { counts: countNgrams(ids, { order: 2, vocabSize: vocabulary.size }), vocabulary };
}

/** Perplexity of all second words under class bigrams, from the definition. */
function naivePerplexity({ trie, counts }: NgramCounts, classOf: (word: number) => number): number {
  const pairs: [number, number, number][] = [];
  for (let node = trie.levelStart(2); node < trie.levelEnd(2); node++) {
    const [first, second] = trie.ngramOf(node);
    pairs.push([first!, second!, counts[node]!]);
  }
  const total = (isIn: (first: number, second: number) => boolean) =>
    pairs.reduce((sum, [first, second, times]) => sum + (isIn(first, second) ? times : 0), 0);
  let log = 0;
  for (const [v, w, times] of pairs) {
    const [c, d] = [classOf(v), classOf(w)];
    const transition = total((a, b) => classOf(a) === c && classOf(b) === d) / total((a) => classOf(a) === c);
    const share = total((_, b) => b === w) / total((_, b) => classOf(b) === d);
    log += times * Math.log(transition * share);
  }
  return Math.exp(-log / total(() => true));
}

const corpora = fc.array(fc.array(fc.constantFrom(...'abcdef'), { maxLength: 8 }), {
  minLength: 2,
  maxLength: 12,
});

describe('clustering', () => {
  test('ends where no word fits another class better, and says how well classes predict', async () => {
    await fc.assert(
      fc.asyncProperty(corpora, fc.integer({ min: 1, max: 4 }), async (sentences, classCount) => {
        const { counts, vocabulary } = count(sentences);
        fc.pre(vocabulary.size - 3 >= classCount);
        const progress: ClusterProgress[] = [];
        const classes = await clusterWords(counts, vocabulary, {
          classCount,
          onProgress: (event) => progress.push(event),
        });
        const classOf = (word: number) => classes.classOf[classes.vocabulary.idOf(vocabulary.wordOf(word))]!;
        const best = naivePerplexity(counts, classOf);
        expect(progress.at(-1)!.perplexity).toBeCloseTo(best, 6);
        expect(progress.at(-1)!.moved).toBe(0);
        const falls = progress.map(({ perplexity }) => perplexity);
        expect(falls.every((value, index) => index === 0 || value <= falls[index - 1]! + 1e-9)).toBe(true);
        const members = classes.members();
        expect([...members.values()].every((words) => words.length > 0)).toBe(true);
        for (let word = 3; word < vocabulary.size; word++) {
          if (members.get(classes.classes.wordOf(classOf(word)))!.length === 1) continue;
          for (let other = 3; other < classes.classes.size; other++) {
            const moved = naivePerplexity(counts, (id) => (id === word ? other : classOf(id)));
            expect(moved).toBeGreaterThan(best - 1e-6);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('finds words that are used alike, the same at every run', async () => {
    const pick = (list: string, at: number) => list.split(' ')[at % 3]!;
    const sentences = Array.from({ length: 60 }, (_, at) => [
      pick('a the this', at),
      pick('cat dog cow', at >> 1),
      pick('sat ran ate', at >> 2),
    ]);
    const { counts, vocabulary } = count(sentences, [...sentences.flat(), 'unseen']);
    const cluster = () => clusterWords(counts, vocabulary, { classCount: 3 });
    const classes = await cluster();
    const sets = [...classes.members().values()].map((words) => words.sort().join(' ')).sort();
    expect(sets).toEqual(['a the this', 'ate ran sat', 'cat cow dog']);
    expect(classes.vocabulary.has('unseen')).toBe(false);
    expect((await cluster()).classOf).toEqual(classes.classOf);
  });

  test('refuses what makes no sense, and stops when it is told to', async () => {
    const { counts, vocabulary } = count([['a', 'b']]);
    await expect(clusterWords(counts, vocabulary, { classCount: 3 })).rejects.toThrow(
      'classCount must be an integer from 1 to the 2 words that occur, got 3',
    );
    const single = countNgrams([[3]], { order: 1, vocabSize: 5 });
    await expect(clusterWords(single, vocabulary, { classCount: 1 })).rejects.toThrow(
      'two words and more, got order 1',
    );
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(clusterWords(counts, vocabulary, { classCount: 1, signal })).rejects.toThrow('enough');
  });
});

describe('a model of classes', () => {
  const sentences = ['the cat sat', 'a dog ran', 'the dog sat', 'a cow ran', 'the cow ate'].map((line) =>
    line.split(' '),
  );

  test('gives words probabilities that add up to 1, and is stored as an ARPA file and one of classes', async () => {
    const { counts, vocabulary } = count(sentences);
    const classes = await clusterWords(counts, vocabulary, { classCount: 3 });
    const model = trainClassModel(sentences, classes, { order: 3 });
    const again = new ClassModel(
      readArpa([...writeArpa(model.classModel as never)]),
      readClasses(writeClasses(classes).replaceAll('\n', '\r\n')),
    );
    for (const words of [[], ['the'], ['the', 'cat'], ['a', 'xyzzy']]) {
      let state = model.sentenceStart;
      for (const word of words) ({ state } = model.score(state, model.vocabulary.idOf(word)));
      const logs = model.vocabulary.words.map((_, id) => model.score(state, id).log10Probability);
      expect(logs.reduce((sum, log, id) => sum + (id === 1 ? 0 : 10 ** log), 0)).toBeCloseTo(1, 5);
    }
    const held = [
      ['the', 'dog', 'ate'],
      ['a', 'xyzzy'],
    ];
    expect(scoreText(again, held).perplexity).toBeCloseTo(scoreText(model, held).perplexity, 9);
    expect(again.classes.members()).toEqual(classes.members());
    // What classes are for: a cow has never sat.
    const words = trainNgramModel(sentences, { order: 3 });
    const mixture = new LinearMixture([words, model]);
    expect(scoreText(mixture, [['the', 'cow', 'sat']]).perplexity).toBeLessThan(
      scoreText(words, [['the', 'cow', 'sat']]).perplexity,
    );
  });

  test('refuses files and models that do not fit', () => {
    expect(() => readClasses('A 0.5 cat dog')).toThrow(
      /line 1: expected a class, maybe its word's share, and the word/,
    );
    expect(() => readClasses('A 1 x\nB x')).toThrow('line 2: the word "x" is there twice');
    expect(() => readClasses('A 0.5 x\n\nA 0.2 y')).toThrow(
      'the shares of class "A" must add up to 1, got 0.7',
    );
    expect(() => readClasses('A 1 x\nA y')).toThrow('the word "y" must have a share');
    expect(() => readClasses('A -1 x')).toThrow('a share must be more than 0 and at most 1, got "-1"');
    const classes = readClasses('A cat\nA dog\nB ran');
    expect(10 ** classes.logShares[3]!).toBeCloseTo(0.5, 12);
    expect(() => new ClassModel(trainNgramModel([['A']], { order: 1 }), classes)).toThrow('lacks "B"');
  });
});
