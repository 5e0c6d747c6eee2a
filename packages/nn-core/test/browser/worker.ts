import { serveBatches } from '../../src/data/serve-batches.ts';
import { maskedWindows } from '../workers/masked-windows.ts';

serveBatches(self, (settings: { readonly seed: number } | null) => {
  if (!settings) throw new RangeError('settings must be given');
  return maskedWindows(settings.seed);
});
