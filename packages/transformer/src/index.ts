export { type SamplingOptions, sampleToken } from './generation/sample-token.ts';
export { Gpt, type GptOptions } from './gpt/gpt.ts';
export type { GptActivation, GptConfig } from './gpt/gpt-config.ts';
export type { Attend } from './gpt/self-attention.ts';
