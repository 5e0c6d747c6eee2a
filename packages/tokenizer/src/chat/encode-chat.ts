import type { Tokenizer } from '../tokenizer.ts';
import type { ChatMessage, ChatTemplate, RenderChatOptions } from './chat-template.ts';
import { type CountingTokenizer, countUpTo } from './count-up-to.ts';

/** Options of {@link encodeChat}. */
export interface EncodeChatOptions extends RenderChatOptions {
  /** What makes a text of the conversation. */
  readonly template: ChatTemplate;
}

/** Options of {@link countChatTokens}. */
export interface CountChatTokensOptions extends EncodeChatOptions {
  /** Conversations of more tokens are not counted (default: all are). */
  readonly limit?: number;
}

/** Ids of a conversation, and which of them the assistant says. */
export interface EncodedChat {
  readonly ids: Int32Array;
  /** 1 for tokens of the assistant's answers, the ones to be trained on, 0 for all others. */
  readonly assistantMask: Uint8Array;
}

/**
 * The token ids of a conversation. Special tokens are those that the template writes; none are added.
 *
 * Special tokens written in messages count as such: take them out of what people write that you do not trust.
 *
 * @throws {RangeError} if the template refuses the messages
 * @example
 * const template = createChatTemplate(config);
 * const ids = encodeChat(tokenizer, [{ role: 'user', content: 'Hi' }], { template, addGenerationPrompt: true });
 */
export function encodeChat(
  tokenizer: Pick<Tokenizer, 'encode'>,
  messages: readonly ChatMessage[],
  { template, ...options }: EncodeChatOptions,
): Int32Array {
  return tokenizer.encode(template.render(messages, options), { addSpecialTokens: false });
}

/**
 * The token ids of a conversation, and a mask of the assistant's answers, as transformers' `return_assistant_tokens_mask` makes it from
 * `{% generation %}`; see {@link ChatTemplate.renderWithSpans} for templates without. A token counts if any of its characters does, also where
 * one character has several tokens.
 *
 * @throws {RangeError} as {@link ChatTemplate.renderWithSpans}
 */
export function encodeChatWithMask(
  tokenizer: Pick<Tokenizer, 'encodeWithOffsets'>,
  messages: readonly ChatMessage[],
  { template, ...options }: EncodeChatOptions,
): EncodedChat {
  const { text, assistantSpans } = template.renderWithSpans(messages, options);
  const { ids, starts, ends } = tokenizer.encodeWithOffsets(text, { addSpecialTokens: false });
  const assistantMask = new Uint8Array(ids.length);
  let token = 0;
  for (let span = 0; span < assistantSpans.length; span += 2) {
    const [start, end] = [assistantSpans[span]!, assistantSpans[span + 1] ?? text.length];
    while (token < ids.length && ends[token]! <= start) token++;
    for (; token < ids.length && starts[token]! < end; token++) assistantMask[token] = 1;
    // The last token may begin the next span as well.
    if (token > 0) token--;
  }
  return { ids, assistantMask };
}

/**
 * How many tokens a conversation has. With a limit, its text is read no further than to where that is passed.
 *
 * @returns undefined if they are more than `limit`
 * @throws {RangeError} if the template refuses the messages, or the limit is no integer from 0 on
 */
export function countChatTokens(
  tokenizer: CountingTokenizer,
  messages: readonly ChatMessage[],
  { limit, template, ...options }: CountChatTokensOptions,
): number | undefined {
  return countUpTo(tokenizer, template.render(messages, options), { addSpecialTokens: false }, limit);
}
