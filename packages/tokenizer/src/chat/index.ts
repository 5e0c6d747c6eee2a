export {
  type ChatMessage,
  ChatTemplate,
  type ChatTemplateOptions,
  createChatTemplate,
  type RenderChatOptions,
  type RenderedChat,
} from './chat-template.ts';
export {
  type CountOpenAiChatTokensOptions,
  countOpenAiChatTokens,
  type OpenAiMessage,
} from './count-open-ai-chat-tokens.ts';
export type { CountingTokenizer } from './count-up-to.ts';
export {
  type CountChatTokensOptions,
  countChatTokens,
  type EncodeChatOptions,
  type EncodedChat,
  encodeChat,
  encodeChatWithMask,
} from './encode-chat.ts';
