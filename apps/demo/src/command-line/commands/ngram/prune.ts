import { pruneByEntropy } from '@wordloom/lm-ngram';
import { defineCommand } from '../../command.ts';
import { UsageFailure } from '../../failure.ts';
import { formatBytes, formatNumber, readNgramModel, writeNgramModel } from './files.ts';

export const ngramPruneCommand = defineCommand({
  name: 'ngram prune',
  usage: 'MODEL --out SMALLER',
  summary: 'make an n-gram model smaller by what it needs least',
  details:
    'N-grams go whose loss raises the perplexity by less than the threshold. Files are as in ngram train.',
  options: {
    out: { kind: 'text', placeholder: 'MODEL', description: 'file to write' },
    threshold: {
      kind: 'number',
      minimum: 0,
      description: 'by what share the perplexity may rise for each n-gram (default: 1e-8)',
    },
  },
  async run({ values, positionals, terminal }) {
    const [path, ...rest] = positionals;
    if (path === undefined || rest.length > 0)
      throw new UsageFailure('ngram prune: one MODEL must be given.');
    if (values.out === undefined) throw new UsageFailure('ngram prune: --out must name the file to write.');
    const model = await readNgramModel(path);
    const smaller = pruneByEntropy(model, { threshold: values.threshold ?? 1e-8 });
    const bytes = await writeNgramModel(values.out, smaller);
    terminal.event({
      type: 'ngram-prune-end',
      before: model.trie.sizes,
      after: smaller.trie.sizes,
      bytes,
      path: values.out,
    });
    terminal.line(`${values.out}  ${formatBytes(bytes)}`);
    for (const [index, size] of smaller.trie.sizes.entries()) {
      terminal.line(
        `  ${index + 1}-grams  ${formatNumber(size)} of ${formatNumber(model.trie.sizes[index]!)}`,
      );
    }
    return 0;
  },
});
