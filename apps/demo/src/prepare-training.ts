import { type Tokenizer, trainCharacters } from '@wordloom/tokenizer';
import { type GptRecipe, type GptTraining, prepareGptTraining } from '@wordloom/transformer';
import { splitText } from './split-text.ts';

/** All that `train` needs to train a GPT on the characters of a text. */
export interface TrainingSetup extends GptTraining {
  readonly tokenizer: Tokenizer;
  /** The tokens that are trained on. */
  readonly training: Int32Array;
  /** The tokens that are not. */
  readonly heldOut: Int32Array;
}

/**
 * Builds a recipe's model with its vocabulary, data and optimizer; everything follows from the arguments.
 *
 * @throws {RangeError} if the text is too short for the recipe's context
 */
export function prepareTraining(
  text: string,
  { recipe, seed }: { readonly recipe: GptRecipe; readonly seed: number },
): TrainingSetup {
  const tokenizer = trainCharacters(text);
  const parts = splitText(text);
  const training = tokenizer.encode(parts.training);
  const { vocabSize } = tokenizer;
  return {
    ...prepareGptTraining(training, { recipe, vocabSize, seed }),
    tokenizer,
    training,
    heldOut: tokenizer.encode(parts.heldOut),
  };
}
