/**
 * The stem of an English word by Porter's algorithm, with the changes that NLTK made to it (its default mode), which
 * is what ROUGE scores are published with.
 *
 * @param word in lower case
 * @see Porter 1980, "An algorithm for suffix stripping"
 * @example porterStem('relational'); // 'relat'
 */
export function porterStem(word: string): string {
  const irregular = IRREGULAR[word];
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  return STEPS.reduce((stem, step) => step(stem), word);
}

type Condition = (stem: string) => boolean;
type Rule = readonly [suffix: string, replacement: string, condition?: Condition];

/** NLTK's. A map without a prototype: `constructor` is a word, too. */
const IRREGULAR: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  skies: 'sky',
  sky: 'sky',
  dying: 'die',
  lying: 'lie',
  tying: 'tie',
  news: 'news',
  innings: 'inning',
  inning: 'inning',
  outings: 'outing',
  outing: 'outing',
  cannings: 'canning',
  canning: 'canning',
  howe: 'howe',
  proceed: 'proceed',
  exceed: 'exceed',
  succeed: 'succeed',
});

const STEPS = [plural, pastAndProgressive, finalY, doubleSuffix, ...suffixes(), finalE, finalL];

/** Step 1a. */
function plural(word: string): string {
  if (word.length === 4 && word.endsWith('ies')) return word.slice(0, -1);
  return replace(word, [
    ['sses', 'ss'],
    ['ies', 'i'],
    ['ss', 'ss'],
    ['s', ''],
  ]);
}

/** Step 1b. */
function pastAndProgressive(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find(
    (ending) => word.endsWith(ending) && hasVowel(word.slice(0, -ending.length)),
  );
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsInShortSyllable(stem) ? `${stem}e` : stem;
}

/** Step 1c. */
function finalY(word: string): string {
  const stem = word.slice(0, -1);
  return word.endsWith('y') && stem.length > 1 && isConsonant(stem, stem.length - 1) ? `${stem}i` : word;
}

/** Step 2. */
function doubleSuffix(word: string): string {
  if (word.endsWith('alli') && hasMeasure(word.slice(0, -4))) return doubleSuffix(word.slice(0, -2));
  return replace(word, [
    ['ational', 'ate', hasMeasure],
    ['tional', 'tion', hasMeasure],
    ['enci', 'ence', hasMeasure],
    ['anci', 'ance', hasMeasure],
    ['izer', 'ize', hasMeasure],
    ['bli', 'ble', hasMeasure],
    ['alli', 'al', hasMeasure],
    ['entli', 'ent', hasMeasure],
    ['eli', 'e', hasMeasure],
    ['ousli', 'ous', hasMeasure],
    ['ization', 'ize', hasMeasure],
    ['ation', 'ate', hasMeasure],
    ['ator', 'ate', hasMeasure],
    ['alism', 'al', hasMeasure],
    ['iveness', 'ive', hasMeasure],
    ['fulness', 'ful', hasMeasure],
    ['ousness', 'ous', hasMeasure],
    ['aliti', 'al', hasMeasure],
    ['iviti', 'ive', hasMeasure],
    ['biliti', 'ble', hasMeasure],
    ['fulli', 'ful', hasMeasure],
    ['logi', 'log', (stem) => hasMeasure(`${stem}l`)],
  ]);
}

/** Steps 3 and 4. */
function suffixes(): ((word: string) => string)[] {
  const hasLongMeasure: Condition = (stem) => measure(stem) > 1;
  const third: Rule[] = [
    ['icate', 'ic', hasMeasure],
    ['ative', '', hasMeasure],
    ['alize', 'al', hasMeasure],
    ['iciti', 'ic', hasMeasure],
    ['ical', 'ic', hasMeasure],
    ['ful', '', hasMeasure],
    ['ness', '', hasMeasure],
  ];
  const plain = 'al ance ence er ic able ible ant ement ment ent'.split(' ');
  const fourth: Rule[] = [
    ...plain.map((suffix): Rule => [suffix, '', hasLongMeasure]),
    ['ion', '', (stem) => hasLongMeasure(stem) && /[st]$/.test(stem)],
    ...'ou ism ate iti ous ive ize'.split(' ').map((suffix): Rule => [suffix, '', hasLongMeasure]),
  ];
  return [(word) => replace(word, third), (word) => replace(word, fourth)];
}

/** Step 5a. */
function finalE(word: string): string {
  const stem = word.slice(0, -1);
  const drops = measure(stem) > 1 || (measure(stem) === 1 && !endsInShortSyllable(stem));
  return word.endsWith('e') && drops ? stem : word;
}

/** Step 5b. */
function finalL(word: string): string {
  const stem = word.slice(0, -1);
  return word.endsWith('ll') && measure(stem) > 1 ? stem : word;
}

/** Applies the first rule whose suffix the word has; if its condition fails, none. */
function replace(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (!rule) return word;
  const [suffix, replacement, condition] = rule;
  const stem = word.slice(0, word.length - suffix.length);
  return !condition || condition(stem) ? stem + replacement : word;
}

/** Not a, e, i, o, u, and not y after a consonant. */
function isConsonant(word: string, index: number): boolean {
  const letter = word[index]!;
  if ('aeiou'.includes(letter)) return false;
  return letter !== 'y' || index === 0 || !isConsonant(word, index - 1);
}

/** Porter's m: how many times vowels are followed by consonants. */
function measure(stem: string): number {
  let count = 0;
  for (let index = 1; index < stem.length; index++) {
    if (isConsonant(stem, index) && !isConsonant(stem, index - 1)) count++;
  }
  return count;
}

function hasMeasure(stem: string): boolean {
  return measure(stem) > 0;
}

function hasVowel(stem: string): boolean {
  for (let index = 0; index < stem.length; index++) if (!isConsonant(stem, index)) return true;
  return false;
}

function endsInDoubleConsonant(stem: string): boolean {
  return stem.length > 1 && stem.at(-1) === stem.at(-2) && isConsonant(stem, stem.length - 1);
}

/** Porter's *o: consonant, vowel, consonant other than w, x, y at the end; NLTK adds words of vowel and consonant. */
function endsInShortSyllable(stem: string): boolean {
  const { length } = stem;
  if (length < 2 || !isConsonant(stem, length - 1) || isConsonant(stem, length - 2)) return false;
  return length === 2 || (isConsonant(stem, length - 3) && !/[wxy]$/.test(stem));
}
