import { serveNgramSorting } from '../../../src/index.ts';

serveNgramSorting(self);
