import { describeValue } from '../describe-value.ts';
import { type CountingTokenizer, countUpTo } from './count-up-to.ts';

/** A message as OpenAI's interface has it. */
export interface OpenAiMessage {
  readonly role: string;
  readonly content: string;
  /** Who speaks, where several have the same role. */
  readonly name?: string;
}

/** Options of {@link countOpenAiChatTokens}. */
export interface CountOpenAiChatTokensOptions {
  /** Tokens around each message (default 3; 4 for gpt-3.5-turbo-0301). */
  readonly tokensPerMessage?: number;
  /** Tokens beside a name (default 1; −1 for gpt-3.5-turbo-0301, where a name stands for the role). */
  readonly tokensPerName?: number;
  /** Tokens that begin the answer (default 3). */
  readonly tokensPerReply?: number;
  /** Counting stops where it is exceeded, within a message, too (default: all are counted). */
  readonly limit?: number;
}

/**
 * How many tokens OpenAI counts for a conversation with a model of the cl100k or o200k encoding.
 *
 * Special tokens written in messages are only text. Functions, images and what a model thinks are not counted.
 *
 * @param tokenizer of the model's encoding, see {@link loadTiktoken}
 * @returns undefined if they are more than `limit`
 * @throws {TypeError} if a role, content or name is no string
 * @see https://github.com/openai/openai-cookbook (How to count tokens with tiktoken)
 */
export function countOpenAiChatTokens(
  tokenizer: CountingTokenizer,
  messages: readonly OpenAiMessage[],
  {
    tokensPerMessage = 3,
    tokensPerName = 1,
    tokensPerReply = 3,
    limit = Number.POSITIVE_INFINITY,
  }: CountOpenAiChatTokensOptions = {},
): number | undefined {
  let count = tokensPerReply;
  for (const [index, { role, content, name }] of messages.entries()) {
    count += tokensPerMessage + (name === undefined ? 0 : tokensPerName);
    for (const [field, text] of Object.entries({ role, content, name })) {
      if (text === undefined && field === 'name') continue;
      if (typeof text !== 'string') {
        throw new TypeError(
          `countOpenAiChatTokens: messages[${index}].${field} must be a string, got ${describeValue(text)}.`,
        );
      }
      if (count > limit) return undefined;
      const options = { addSpecialTokens: false, parseSpecialTokens: false };
      const tokens = countUpTo(tokenizer, text, options, limit - count);
      if (tokens === undefined) return undefined;
      count += tokens;
    }
  }
  return count <= limit ? count : undefined;
}
