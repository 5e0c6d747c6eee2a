import type { Tokenizer } from '../tokenizer.ts';
import type { SpecialTokenRoles } from './special-token-roles.ts';

/** A tokenizer with what its files say beside it. */
export interface PretrainedTokenizer {
  readonly tokenizer: Tokenizer;
  /** Which token begins texts, ends them, and so on. */
  readonly specialTokens: SpecialTokenRoles;
  /** Jinja templates of conversations by name; the usual one is `default`. */
  readonly chatTemplates: ReadonlyMap<string, string>;
}
