export { decodeGptCheckpoint, encodeGptCheckpoint, type GptCheckpoint } from './checkpoint/gpt-checkpoint.ts';
export { createGenerator } from './generation/generator.ts';
export { Gpt, type GptOptions } from './gpt/gpt.ts';
export type { GptActivation, GptConfig } from './gpt/gpt-config.ts';
export type { Attend } from './gpt/self-attention.ts';
export { type GptRecipe, type GptRecipeName, gptRecipes } from './recipes/gpt-recipes.ts';
export {
  type GptTraining,
  type PrepareGptTrainingOptions,
  prepareGptTraining,
} from './recipes/prepare-gpt-training.ts';
