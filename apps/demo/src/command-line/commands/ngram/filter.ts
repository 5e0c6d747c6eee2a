import { stat } from 'node:fs/promises';
import { type NgramFilter, ofPhrases, ofSentences, ofWords } from '@wordloom/lm-ngram';
import { filterArpaFile } from '@wordloom/lm-ngram/node';
import { defineCommand } from '../../command.ts';
import { describeFileError, Failure, UsageFailure } from '../../failure.ts';
import { formatBytes, readSentences, unitOption } from './files.ts';

export const ngramFilterCommand = defineCommand({
  name: 'ngram filter',
  usage: 'MODEL.arpa --out SMALLER.arpa',
  summary: 'keep the n-grams of an ARPA file that some texts may need',
  details:
    'Give one of --words, --sentences and --phrases. The file is not loaded: it may be larger than memory. .arpa.gz is read and written, too.',
  options: {
    out: { kind: 'text', placeholder: 'MODEL', description: 'file to write' },
    words: { kind: 'text', placeholder: 'FILE', description: 'keep n-grams of words that are in this text' },
    sentences: {
      kind: 'text',
      placeholder: 'FILE',
      description: 'keep n-grams whose words are in one line together',
    },
    phrases: {
      kind: 'text',
      placeholder: 'FILE',
      description: 'keep n-grams that can come of lines put one after the other',
    },
    unit: unitOption,
  },
  async run({ values, positionals, terminal }) {
    const [path, ...rest] = positionals;
    if (path === undefined || rest.length > 0) {
      throw new UsageFailure('ngram filter: one MODEL must be given.');
    }
    if (values.out === undefined) throw new UsageFailure('ngram filter: --out must name the file to write.');
    const given = Object.entries(filters).filter(
      ([name]) => values[name as keyof typeof filters] !== undefined,
    );
    const [[name, make] = []] = given;
    if (given.length !== 1 || !name || !make) {
      throw new UsageFailure('ngram filter: one of --words, --sentences and --phrases must be given.');
    }
    const texts = await readSentences([values[name as keyof typeof filters]!], values.unit);
    try {
      await filterArpaFile(path, values.out, make(texts));
      const [before, after] = await Promise.all(
        [path, values.out].map(async (file) => (await stat(file)).size),
      );
      terminal.event({ type: 'ngram-filter-end', path: values.out, before, bytes: after });
      terminal.line(`${values.out}  ${formatBytes(after!)} of ${formatBytes(before!)}`);
    } catch (error) {
      if (error instanceof SyntaxError) throw new Failure(error.message.replace(/^\w+: /, ''));
      throw describeFileError(error, path);
    }
    return 0;
  },
});

const filters: Record<'words' | 'sentences' | 'phrases', (texts: string[][]) => NgramFilter> = {
  words: (texts) => ofWords(texts.flat()),
  sentences: ofSentences,
  phrases: ofPhrases,
};
