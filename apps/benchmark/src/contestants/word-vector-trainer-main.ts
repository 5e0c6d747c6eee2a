import { readFile } from 'node:fs/promises';
import { trainWordVectors } from '@wordloom/embeddings';
import { writeWordVectorsFile } from '@wordloom/embeddings/node';
import type { WordVectorReport, WordVectorTask } from './word-vector-trainer.ts';

// Our sides of the suite `embeddings` in a process of their own: read a file, learn vectors from its lines, write them, report.
const [side, textPath, vectorPath, task] = process.argv.slice(2) as [string, string, string, string];
const { threads, ...options } = JSON.parse(task) as WordVectorTask;
const lines = (await readFile(textPath, 'utf8')).split('\n');
const events = trainWordVectors(lines, {
  ...options,
  workers: threads,
  deterministic: side === 'wordloom-lock-step',
});
let start = 0;
for await (const event of events) {
  if (event.type === 'training-start') start = performance.now();
  if (event.type !== 'training-end') continue;
  const seconds = (performance.now() - start) / 1000;
  await writeWordVectorsFile(vectorPath, event.model.vectors);
  const report: WordVectorReport = { seconds, words: event.model.position.words };
  process.stdout.write(JSON.stringify(report));
}
