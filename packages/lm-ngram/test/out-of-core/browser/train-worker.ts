import { originRunStorage, trainNgramsOutOfCore } from '../../../src/index.ts';
import { arpaOf, lastOf } from '../last-of.ts';

const startWorker = () => new Worker(new URL('./sort-worker.ts', import.meta.url), { type: 'module' });

async function train(lines: readonly string[]): Promise<string> {
  const root = await navigator.storage.getDirectory();
  const storage = originRunStorage(await root.getDirectoryHandle('training', { create: true }));
  const sentences = lines.map((line) => line.split(' '));
  const options = { order: 4, memoryLimit: 2 ** 18, storage, resumes: true, workers: 2, startWorker };
  const text = await arpaOf(await lastOf(trainNgramsOutOfCore(sentences, options)));
  // What a training left is read again, without the corpus.
  const again = await arpaOf(await lastOf(trainNgramsOutOfCore(sentences, options)));
  return text === again ? text : 'another text the second time';
}

self.addEventListener('message', ({ data }: MessageEvent<readonly string[]>) => {
  train(data).then(
    (text) => self.postMessage(text),
    (error) => self.postMessage(String(error)),
  );
});
