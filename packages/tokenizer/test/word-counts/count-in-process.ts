// Counts a file in a directory, as slowly as it takes to be killed meanwhile.
import { WhitespaceSplitPreTokenizer } from '../../src/index.ts';
import { countWordsInFiles } from '../../src/node.ts';

const [directory, path] = process.argv.slice(2);
await countWordsInFiles([path!], {
  preTokenizer: new WhitespaceSplitPreTokenizer(),
  directory: directory!,
  memoryLimit: 2 ** 16,
});
