import type { Command } from '../../command.ts';
import { ngramFilterCommand } from './filter.ts';
import { ngramGenerateCommand } from './generate.ts';
import { ngramInterpolateCommand } from './interpolate.ts';
import { ngramPerplexityCommand } from './perplexity.ts';
import { ngramPruneCommand } from './prune.ts';
import { ngramQueryCommand } from './query.ts';
import { ngramRescoreCommand } from './rescore.ts';
import { ngramTrainCommand } from './train.ts';

/** Counting, in the steps of a language model's life. */
export const ngramCommands: readonly Command[] = [
  ngramTrainCommand,
  ngramPerplexityCommand,
  ngramQueryCommand,
  ngramGenerateCommand,
  ngramPruneCommand,
  ngramInterpolateCommand,
  ngramFilterCommand,
  ngramRescoreCommand,
];
