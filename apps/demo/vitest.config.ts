import { defineTests } from '../../tooling/vitest/base.ts';

export default defineTests({ include: ['src/**/*.test.ts', 'web/**/*.test.ts'] });
