const VALUES = 'the shape of its result depends on values';
const STRINGS = 'string tensors do not exist in a graph';
const COMPLEX = 'complex numbers do not exist in a graph';
const BROWSER = 'it moves pixels between the page and tensors';
const UNUSED = 'no op of tfjs runs it';
const RESIZING = 'resizing is differentiated by matrix products instead';

/** tfjs kernels that cannot be traced, and why. */
export const UNTRACEABLE_KERNELS: Readonly<Record<string, string>> = {
  Complex: COMPLEX,
  ComplexAbs: COMPLEX,
  Draw: BROWSER,
  FFT: COMPLEX,
  FromPixels: BROWSER,
  IFFT: COMPLEX,
  Imag: COMPLEX,
  MatrixBandPart: UNUSED,
  NonMaxSuppressionV3: VALUES,
  NonMaxSuppressionV4: VALUES,
  NonMaxSuppressionV5: VALUES,
  Pool: UNUSED,
  RaggedGather: VALUES,
  RaggedRange: VALUES,
  RaggedTensorToTensor: VALUES,
  Real: COMPLEX,
  ResizeBilinearGrad: RESIZING,
  ResizeNearestNeighborGrad: RESIZING,
  SparseFillEmptyRows: VALUES,
  SparseReshape: VALUES,
  StaticRegexReplace: STRINGS,
  StringNGrams: STRINGS,
  StringSplit: STRINGS,
  StringToHashBucketFast: STRINGS,
  Unique: VALUES,
};
