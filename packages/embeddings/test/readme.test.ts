import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readBlocks, runReadmeExample } from '../../../tooling/vitest/readme.ts';

const folder = new URL('../', import.meta.url);
const examples = (await readBlocks(new URL('README.md', folder))).filter(({ promised }) => promised !== '');

test.each(examples)(
  'the example in line $line of the README prints what the README says',
  async ({ code, promised, line }) => {
    const documents = new URL('.vitest/examples/', folder);
    await mkdir(documents, { recursive: true });
    const document = new URL(`line-${line}.md`, documents);
    await writeFile(document, `\`\`\`ts\n${code}\`\`\`\n\n\`\`\`text\n${promised}\`\`\`\n`);
    const { printed } = await runReadmeExample(folder, document);
    expect(printed.trimEnd()).toBe(promised.trimEnd());
  },
);
