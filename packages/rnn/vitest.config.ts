import { defineTests } from '../../tooling/vitest/base.ts';

export default defineTests();
