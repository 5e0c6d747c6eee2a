export { Dropout } from './layers/dropout.ts';
export { Embedding } from './layers/embedding.ts';
export { LayerNorm, type LayerNormOptions } from './layers/layer-norm.ts';
export { Linear, type LinearOptions } from './layers/linear.ts';
export { type CrossEntropyLossOptions, crossEntropy } from './losses/cross-entropy.ts';
export {
  constantInitializer,
  type InitializationOptions,
  type Initializer,
  normalInitializer,
  uniformInitializer,
} from './module/initializers.ts';
export { Module } from './module/module.ts';
export { bindParameters, Parameter, type ParameterOptions } from './module/parameter.ts';
