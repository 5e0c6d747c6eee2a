const VALUES = 'the shape of its result depends on values';
const STRINGS = 'string tensors do not exist in a graph';
const COMPLEX = 'complex numbers do not exist in a graph';
const BROWSER = 'it moves pixels between the page and tensors';
const DRAWS = "its draws would be the same at every run; draw on the host, or use this package's dropout";
const MISSING = 'it is not written yet';

/** tfjs kernels that cannot be traced, and why. */
export const UNTRACEABLE_KERNELS: Readonly<Record<string, string>> = {
  Bincount: MISSING,
  BroadcastArgs: VALUES,
  Complex: COMPLEX,
  ComplexAbs: COMPLEX,
  CropAndResize: MISSING,
  DenseBincount: MISSING,
  Dilation2D: MISSING,
  Dilation2DBackpropFilter: MISSING,
  Dilation2DBackpropInput: MISSING,
  Draw: BROWSER,
  FFT: COMPLEX,
  FromPixels: BROWSER,
  IFFT: COMPLEX,
  Imag: COMPLEX,
  LRN: MISSING,
  LRNGrad: MISSING,
  Multinomial: DRAWS,
  NonMaxSuppressionV3: VALUES,
  NonMaxSuppressionV4: VALUES,
  NonMaxSuppressionV5: VALUES,
  RaggedGather: VALUES,
  RaggedRange: VALUES,
  RaggedTensorToTensor: VALUES,
  Real: COMPLEX,
  ResizeBilinear: MISSING,
  ResizeBilinearGrad: MISSING,
  ResizeNearestNeighbor: MISSING,
  ResizeNearestNeighborGrad: MISSING,
  RotateWithOffset: MISSING,
  SparseFillEmptyRows: VALUES,
  SparseReshape: VALUES,
  SparseSegmentMean: MISSING,
  SparseSegmentSum: MISSING,
  StaticRegexReplace: STRINGS,
  StringNGrams: STRINGS,
  StringSplit: STRINGS,
  StringToHashBucketFast: STRINGS,
  Transform: MISSING,
  Unique: VALUES,
};
