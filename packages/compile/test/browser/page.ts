/** What a worker's training came to, and how often the page itself could draw meanwhile. */
export interface TrainingInPage {
  readonly runtime: string;
  readonly losses: readonly number[];
  readonly frames: number;
}

/** Trains in a worker. */
function train(): Promise<TrainingInPage> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  let runtime = '';
  let frames = -1; // the first one starts the count
  const count = (): void => {
    frames++;
    requestAnimationFrame(count);
  };
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.addEventListener('message', ({ data }: MessageEvent<Partial<TrainingInPage>>) => {
      if (data.losses) return resolve({ runtime, losses: data.losses, frames });
      runtime = data.runtime!;
      count();
    });
  });
}

Object.assign(globalThis, { train });
