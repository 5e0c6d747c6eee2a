import type { Encoding } from '../encoding.ts';
import type { PostProcessor, PostProcessorJson } from './post-processor.ts';

/** Post-processors one after the other. */
export class SequencePostProcessor implements PostProcessor {
  readonly type = 'Sequence';
  readonly parts: readonly PostProcessor[];

  constructor(parts: readonly PostProcessor[]) {
    this.parts = parts;
  }

  addedCount(isPair: boolean): number {
    return this.parts.reduce((count, part) => count + part.addedCount(isPair), 0);
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[] {
    return this.parts.reduce((processed, part) => part.process(processed, addSpecialTokens), encodings);
  }

  processIds(ids: readonly Int32Array[], addSpecialTokens: boolean): readonly Int32Array[] {
    return this.parts.reduce((processed, part) => part.processIds(processed, addSpecialTokens), ids);
  }

  toJSON(): PostProcessorJson {
    return { type: this.type, processors: this.parts.map((part) => part.toJSON()) };
  }
}
