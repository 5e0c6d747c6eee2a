import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const conditions = ['@wordloom/source'];

/**
 * The configuration every workspace's tests share: sources are consumed directly (no build), and results are
 * also written as JSON so that a whole-workspace run can be summed up.
 */
export function defineTests(test: ViteUserConfig['test'] = {}): ViteUserConfig {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      reporters: ['default', ['json', { outputFile: '.vitest/results.json' }]],
      testTimeout: 120_000, // for cold and busy machines: a hang still ends
      hookTimeout: 120_000,
      setupFiles: [fileURLToPath(new URL('same-draws.ts', import.meta.url))],
      ...test,
    },
  });
}
