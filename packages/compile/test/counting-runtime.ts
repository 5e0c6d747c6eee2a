import type { Runtime } from '../src/index.ts';

/** A runtime that counts sessions. */
export interface CountingRuntime {
  readonly runtime: Runtime;
  /** How many were made. */
  readonly made: () => number;
  /** How many were released. */
  readonly released: () => number;
}

export function countSessions(runtime: Runtime): CountingRuntime {
  let made = 0;
  let released = 0;
  return {
    made: () => made,
    released: () => released,
    runtime: {
      ...runtime,
      async createSession(model) {
        made++;
        const session = await runtime.createSession(model);
        return {
          run: (inputs, outputs) => session.run(inputs, outputs),
          release() {
            released++;
            return session.release();
          },
        };
      },
    },
  };
}
