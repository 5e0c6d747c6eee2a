import { Template } from '@huggingface/jinja';
import { describeValue } from '../describe-value.ts';
import type { PretrainedTokenizer } from '../pretrained/pretrained-tokenizer.ts';
import { roleFields, type SpecialTokenRoles } from '../pretrained/special-token-roles.ts';
import { readTokenizerConfig } from '../pretrained/tokenizer-config.ts';

/** A message of a conversation; what further fields mean is up to the template. */
export interface ChatMessage {
  /** `system`, `user`, `assistant`, `tool`, or what else the template knows. */
  readonly role: string;
  /** The text; or parts, null or nothing, where the template knows what to do with those. */
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

/** Options of {@link ChatTemplate.render}. */
export interface RenderChatOptions {
  /** Whether the text ends with what begins the assistant's answer (default false). */
  readonly addGenerationPrompt?: boolean;
  /** Functions that the assistant may call, as JSON schemas (default none). */
  readonly tools?: readonly unknown[];
  /** Texts to answer from (default none). */
  readonly documents?: readonly unknown[];
  /** Further variables of the template, such as `{ enable_thinking: false }` (default none). */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A conversation as text, and where in it the assistant speaks. */
export interface RenderedChat {
  readonly text: string;
  /** Starts and ends in UTF-16 code units, alternating. */
  readonly assistantSpans: readonly number[];
}

/** Options of {@link createChatTemplate}. */
export interface ChatTemplateOptions {
  /** Tokens that the template names, such as `bosToken`; beside those of the source, and before them (default none). */
  readonly specialTokens?: SpecialTokenRoles;
  /** Which of several templates (default: `tool_use` where tools are given and there is one, else `default`). */
  readonly name?: string;
}

/** A Jinja template that makes one text of a conversation, as a model was trained with. */
export class ChatTemplate {
  readonly #templates: ReadonlyMap<string, Template>;
  readonly #marking: ReadonlySet<string>;
  readonly #name: string | undefined;
  readonly #constants: Readonly<Record<string, unknown>>;

  /** @throws {SyntaxError} if a template is no Jinja */
  constructor(
    templates: ReadonlyMap<string, string>,
    { specialTokens = {}, name }: ChatTemplateOptions = {},
  ) {
    const chosen = name === undefined ? [...templates.keys()] : [name];
    if (chosen.length === 0 || !chosen.every((key) => templates.has(key))) {
      const known = [...templates.keys()].map((key) => JSON.stringify(key)).join(', ') || 'none';
      throw new RangeError(
        `createChatTemplate: the source must have a chat template${name === undefined ? '' : ` named ${describeValue(name)}`}, got ${known}.`,
      );
    }
    this.#templates = new Map(chosen.map((key) => [key, compile(key, templates.get(key)!)]));
    this.#marking = new Set(chosen.filter((key) => /{%-?\s*generation\s*-?%}/.test(templates.get(key)!)));
    this.#name = name;
    this.#constants = Object.fromEntries(
      Object.entries(roleFields).flatMap(([field, role]) =>
        specialTokens[role] === undefined ? [] : [[field, specialTokens[role]]],
      ),
    );
  }

  /**
   * The conversation as text.
   *
   * @throws {RangeError} if the template refuses the messages, or cannot do with them
   */
  render(messages: readonly ChatMessage[], options: RenderChatOptions = {}): string {
    return this.#render(messages, options, '', '');
  }

  /**
   * The conversation as text, with the places that the assistant's answers have in it.
   *
   * They are what stands between `{% generation %}` and `{% endgeneration %}`. In a template without these, an answer is what is added to the
   * text, with its generation prompt, of the messages before it.
   *
   * @throws {RangeError} as {@link render}; or if there are no such marks and texts of fewer messages are not how the whole text begins
   */
  renderWithSpans(messages: readonly ChatMessage[], options: RenderChatOptions = {}): RenderedChat {
    if (!this.#marking.has(this.#nameFor(options))) return this.#compareBeginnings(messages, options);
    const plain = this.render(messages, options);
    let number = 0;
    while (plain.includes(`\ufdd0${number}`)) number++;
    const [begin, end] = [`\ufdd0${number}b`, `\ufdd0${number}e`];
    const marked = this.#render(messages, options, begin, end);
    const assistantSpans: number[] = [];
    let text = '';
    let place = 0;
    for (const { 0: mark, index } of marked.matchAll(new RegExp(`${begin}|${end}`, 'g'))) {
      text += marked.slice(place, index);
      place = index + mark.length;
      assistantSpans.push(text.length);
    }
    text += marked.slice(place);
    return { text, assistantSpans };
  }

  #compareBeginnings(messages: readonly ChatMessage[], options: RenderChatOptions): RenderedChat {
    const text = this.render(messages, options);
    const assistantSpans: number[] = [];
    for (const [index, { role }] of messages.entries()) {
      if (role !== 'assistant') continue;
      const before = this.render(messages.slice(0, index), { ...options, addGenerationPrompt: true });
      const after = this.render(messages.slice(0, index + 1), { ...options, addGenerationPrompt: false });
      if (!after.startsWith(before) || !text.startsWith(after)) {
        throw new RangeError(
          `renderWithSpans: the text of the first messages must be how the whole text begins, which it is not for messages[${index}]. ` +
            'Put {% generation %} and {% endgeneration %} around answers in the template.',
        );
      }
      assistantSpans.push(before.length, after.length);
    }
    return { text, assistantSpans };
  }

  #render(
    messages: readonly ChatMessage[],
    { addGenerationPrompt = false, tools, documents, variables }: RenderChatOptions,
    begin: string,
    end: string,
  ): string {
    if (!Array.isArray(messages)) {
      throw new TypeError(`render: messages must be an array, got ${describeValue(messages)}.`);
    }
    const name = this.#nameFor({ ...(tools && { tools }) });
    try {
      return this.#templates.get(name)!.render({
        ...this.#constants,
        ...variables,
        messages,
        ...(tools && { tools }),
        ...(documents && { documents }),
        add_generation_prompt: addGenerationPrompt,
        [BEGIN]: begin,
        [END]: end,
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RangeError(`render: messages must be as the chat template wants them. ${reason}`, {
        cause: error,
      });
    }
  }

  #nameFor({ tools }: RenderChatOptions): string {
    if (this.#name !== undefined) return this.#name;
    if (tools && this.#templates.has('tool_use')) return 'tool_use';
    if (this.#templates.has('default')) return 'default';
    throw new RangeError(
      `render: the template must be chosen by name, got none. There are ${[...this.#templates.keys()].join(', ')}.`,
    );
  }
}

/**
 * Reads a chat template.
 *
 * @param source the template; or tokenizer_config.json, parsed or as text; or what {@link loadPretrainedTokenizer} and
 *   {@link readGgufTokenizer} have found
 * @throws {SyntaxError} if the template is no Jinja
 * @throws {RangeError} if the source has no such template
 * @example
 * const template = createChatTemplate(await readFile('tokenizer_config.json', 'utf8'));
 * template.render([{ role: 'user', content: 'Hi' }], { addGenerationPrompt: true });
 */
export function createChatTemplate(
  source: string | PretrainedTokenizer | Readonly<Record<string, unknown>>,
  options: ChatTemplateOptions = {},
): ChatTemplate {
  if (typeof source === 'string' && !/^\s*\{\s*"/.test(source)) {
    return new ChatTemplate(new Map([['default', source]]), options);
  }
  const { chatTemplates, specialTokens } = isPretrained(source)
    ? source
    : readTokenizerConfig({ config: source }, 'createChatTemplate');
  return new ChatTemplate(chatTemplates, {
    ...options,
    specialTokens: { ...specialTokens, ...options.specialTokens },
  });
}

function isPretrained(source: unknown): source is PretrainedTokenizer {
  return typeof source === 'object' && source !== null && 'chatTemplates' in source;
}

const BEGIN = 'wordloom_generation_begin';
const END = 'wordloom_generation_end';

/** Jinja does not know `generation`; the tags become blocks that print marks, with the same rules for white space around them. */
function compile(name: string, template: string): Template {
  const withMarks = template.replace(
    /{%(-?)\s*(end)?generation\s*(-?)%}/g,
    (_, left: string, end: string | undefined, right: string) =>
      `{%${left} if true %}{{ ${end ? END : BEGIN} }}{% endif ${right}%}`,
  );
  try {
    return new Template(withMarks);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(
      `createChatTemplate: the template ${JSON.stringify(name)} must be Jinja. ${reason}`,
      {
        cause: error,
      },
    );
  }
}
