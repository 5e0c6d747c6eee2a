import type { Value } from '../graph/graph.ts';
import type { ExternalData } from './external-data.ts';

/** How a model is written; the defaults are for models that are run at once. */
export interface ModelOptions {
  /** Version of the standard operators. */
  readonly opset?: number;
  /** Whether ONNX Runtime's own operators may occur. */
  readonly microsoft?: boolean;
  readonly name?: string;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly outputName?: (output: string) => string;
  /** Names that no value without a name may be given. */
  readonly takenNames?: ReadonlySet<string>;
  /** Sizes of inputs and outputs that have names, where they are not the value's shape. */
  readonly dimensions?: ReadonlyMap<Value, readonly (number | string)[]>;
  /** Whether constants that are otherwise passed at every run are written into the model. */
  readonly holdsWeights?: boolean;
  /** Where large constants go; default the model. */
  readonly externalData?: ExternalData;
}

/** The name of a graph output in a model that is run at once. */
export function outputName(name: string): string {
  return `output.${name}`;
}
