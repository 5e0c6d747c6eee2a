import { serveWordCounts } from '../../src/index.ts';

serveWordCounts(self);
