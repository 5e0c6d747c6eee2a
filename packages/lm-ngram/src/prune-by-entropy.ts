import { describeValue } from './describe-value.ts';
import { NgramModel } from './ngram-model.ts';
import { pruneTrie } from './prune-trie.ts';
import { renormalize } from './renormalize.ts';
import { SENTENCE_END, SENTENCE_START } from './vocabulary.ts';

/** Options of {@link pruneByEntropy}. */
export interface PruneByEntropyOptions {
  /** By what share the perplexity may rise for an n-gram to go, such as 1e-8 (a little) or 1e-6 (a lot). */
  readonly threshold: number;
}

/**
 * A smaller model that predicts nearly as well: leaves out n-grams whose probability is nearly what shorter contexts would give.
 *
 * From the highest order down, an n-gram goes if leaving it out alone, with the back-off weight of its context set anew, raises the model's
 * perplexity on its own text by less than the threshold, and nothing longer that begins with it stays. Then all back-off weights are set so
 * that probabilities add up to 1.
 *
 * Works for any model, also one read from a file. Kneser-Ney models lose more than others: their lower orders are made to be backed off to.
 *
 * @throws {RangeError} if the threshold is negative
 * @see Stolcke 1998, "Entropy-based pruning of backoff language models", §3
 */
export function pruneByEntropy(model: NgramModel, { threshold }: PruneByEntropyOptions): NgramModel {
  if (!(threshold >= 0)) {
    throw new RangeError(`pruneByEntropy: threshold must be at least 0, got ${describeValue(threshold)}.`);
  }
  const { trie, logProbabilities } = model;
  const jointLogs = jointProbabilities(model);
  const pruned = new Uint8Array(trie.nodeCount);
  for (let context = trie.contextCount - 1; context > 0; context--) {
    const start = trie.firstChildren[context]!;
    const end = trie.firstChildren[context + 1]!;
    if (start === end) continue;
    let left = 1;
    let leftBelow = 1;
    for (let node = start; node < end; node++) {
      left -= 10 ** logProbabilities[node]!;
      leftBelow -= 10 ** lowerLog(model, context, trie.words[node]!);
    }
    const backoffLog = model.logBackoffs[context]! * LN10;
    for (let node = start; node < end; node++) {
      if (hasChildren(model, node, pruned)) continue;
      const log = logProbabilities[node]! * LN10;
      const below = lowerLog(model, context, trie.words[node]!) * LN10;
      const probability = Math.exp(log);
      const newBackoffLog = Math.log(Math.max(left, 0) + probability) - Math.log(leftBelow + Math.exp(below));
      const loss =
        -Math.exp(jointLogs[context]!) *
        (probability * (below + newBackoffLog - log) + Math.max(left, 0) * (newBackoffLog - backoffLog));
      if (Math.expm1(loss) < threshold) pruned[node] = 1;
    }
  }
  const smaller = pruneTrie(trie, pruned);
  return renormalize(
    new NgramModel({
      vocabulary: model.vocabulary,
      trie: smaller.trie,
      logProbabilities: Float32Array.from(smaller.origins, (node) => logProbabilities[node]!),
      logBackoffs: Float32Array.from(
        { length: smaller.trie.contextCount },
        (_, node) => model.logBackoffs[smaller.origins[node]!]!,
      ),
    }),
  );
}

const LN10 = Math.LN10;

/** The probability after the context without its first word. */
function lowerLog(model: NgramModel, context: number, word: number): number {
  return model.score(model.trie.suffixOf(context), word).log10Probability;
}

function hasChildren({ trie }: NgramModel, node: number, pruned: Uint8Array): boolean {
  if (node >= trie.contextCount) return false;
  for (let child = trie.firstChildren[node]!; child < trie.firstChildren[node + 1]!; child++) {
    if (!pruned[child]) return true;
  }
  return false;
}

/** The natural logarithm of each context's probability as a stretch of text; that of `<s>` is that of `</s>`. */
function jointProbabilities({ trie, logProbabilities }: NgramModel): Float64Array {
  const joint = new Float64Array(trie.contextCount);
  for (let context = 0; context < trie.contextCount; context++) {
    for (let node = trie.firstChildren[context]!; node < trie.firstChildren[context + 1]!; node++) {
      if (node >= trie.contextCount) return joint;
      const isStart = node === SENTENCE_START + 1;
      joint[node] = joint[context]! + logProbabilities[isStart ? SENTENCE_END + 1 : node]! * LN10;
    }
  }
  return joint;
}
