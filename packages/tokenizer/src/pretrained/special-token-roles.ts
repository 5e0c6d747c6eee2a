/** Which token plays which part, by the names that Hugging Face's files have for them. A part that is not there is left out. */
export interface SpecialTokenRoles {
  readonly bosToken?: string;
  readonly eosToken?: string;
  readonly unkToken?: string;
  readonly sepToken?: string;
  readonly padToken?: string;
  readonly clsToken?: string;
  readonly maskToken?: string;
  /** Special tokens of no part (default none). */
  readonly additionalSpecialTokens?: readonly string[];
}

/** The parts that are one token each, by the names of their fields in tokenizer_config.json and special_tokens_map.json. */
export const roleFields: Readonly<
  Record<string, Exclude<keyof SpecialTokenRoles, 'additionalSpecialTokens'>>
> = {
  bos_token: 'bosToken',
  eos_token: 'eosToken',
  unk_token: 'unkToken',
  sep_token: 'sepToken',
  pad_token: 'padToken',
  cls_token: 'clsToken',
  mask_token: 'maskToken',
};
