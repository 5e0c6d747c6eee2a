import { broadcastingKernels } from './broadcasting.ts';
import type { ComposedKernels } from './composed-kernel.ts';
import { countingKernels } from './counting.ts';
import { dilationKernels } from './dilation.ts';
import { samplingKernels } from './image-sampling.ts';
import { localResponseKernels } from './local-response.ts';
import { multinomialKernels } from './multinomial.ts';

/** Kernels that are traced as the ops they are composed of. */
export const COMPOSED_KERNELS: ComposedKernels = {
  ...broadcastingKernels,
  ...countingKernels,
  ...dilationKernels,
  ...localResponseKernels,
  ...multinomialKernels,
  ...samplingKernels,
};
