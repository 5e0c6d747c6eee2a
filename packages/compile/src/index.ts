export { type CompiledFunction, type CompileOptions, compile } from './compile.ts';
export { registerMissingKernels } from './composed/register-missing-kernels.ts';
export { cond } from './control/cond.ts';
export { remat } from './control/remat.ts';
export {
  type ScanBody,
  type ScanOptions,
  type ScanResult,
  scan,
} from './control/scan.ts';
export { stopGradient } from './control/stop-gradient.ts';
export type { TensorRecord } from './control/tensor-record.ts';
export type {
  Explanation,
  MemoryReport,
  OperatorReport,
  OperatorShapes,
  OperatorTime,
  PassReport,
  ValueShape,
} from './explain/explanation.ts';
export { type FormatExplanationOptions, formatExplanation } from './explain/format-explanation.ts';
export {
  type ExportOnnxOptions,
  exportOnnx,
  type OnnxFile,
  type OnnxProgram,
} from './export/export-onnx.ts';
export { ensureGradients } from './gradients/ensure-gradients.ts';
export { toTensorData, toTensors } from './host-tensors.ts';
export type { LossFunction, LossWithAuxiliary } from './loss-and-gradients.ts';
export type { OnnxElementType } from './onnx/element-types.ts';
export { fromOnnxTensor, type OnnxArray, type OnnxTensor } from './onnx/onnx-tensor.ts';
export type { OnnxValue } from './onnx/read-model.ts';
export { type OnnxContents, type ReadOnnxOptions, readOnnx } from './onnx/read-onnx.ts';
export { type AttentionOptions, attention } from './ops/attention.ts';
export { dropout } from './ops/dropout.ts';
export { embeddingLookup } from './ops/embedding-lookup.ts';
export { type GeluApproximation, gelu } from './ops/gelu.ts';
export { layerNorm } from './ops/layer-norm.ts';
export { linear } from './ops/linear.ts';
export { quantizedEmbedding } from './ops/quantized-embedding.ts';
export { type QuantizedLinearOptions, quantizedLinear } from './ops/quantized-linear.ts';
export {
  multinomial,
  type RandomNormalOptions,
  type RandomUniformOptions,
  randomNormal,
  randomUniform,
} from './ops/random.ts';
export { rmsNorm } from './ops/rms-norm.ts';
export { silu } from './ops/silu.ts';
export { type CrossEntropyOptions, softmaxCrossEntropy } from './ops/softmax-cross-entropy.ts';
export { type QuantizeOptions, quantize } from './quantization/quantize.ts';
export {
  dequantize,
  type QuantizedTensor,
  type QuantizedType,
  quantizedTensor,
} from './quantization/quantized-tensor.ts';
export { RandomStream } from './random/random-stream.ts';
export { type Draw, withRandomness } from './random/randomness.ts';
export type { Runtime, RuntimeSession } from './runtime/runtime.ts';
export type { InputSpec } from './sizes/input-spec.ts';
export type { DimensionRange } from './sizes/sample-sizes.ts';
export {
  allocate,
  type DType,
  describeSpec,
  ShapeError,
  type StorageDType,
  type StoredData,
  sizeOf,
  type TensorArray,
  type TensorData,
  type TensorSpec,
  tensorData,
} from './tensor-data.ts';
export type { TensorFunction } from './trace/trace.ts';
export {
  type CompiledTrainStep,
  type CompileTrainStepOptions,
  compileTrainStep,
  type ExplainTrainStepOptions,
  eagerTrainStep,
  type TrainStep,
  type TrainStepOptions,
} from './train-step.ts';
export { assignVariables, type Variables, variableData } from './variables.ts';
