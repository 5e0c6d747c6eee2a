import type { Batch } from './batch.ts';

/** What {@link prefetchInWorker} asks a worker. */
export type BatchRequest =
  | { readonly type: 'open'; readonly settings: unknown }
  | { readonly type: 'batch'; readonly step: number };

/** What a worker answers. */
export type BatchReply =
  | { readonly type: 'opened'; readonly tokensPerBatch: number | undefined }
  | { readonly type: 'open-failed'; readonly error: PlainError }
  | { readonly type: 'batch'; readonly step: number; readonly batch: Batch }
  | { readonly type: 'batch-failed'; readonly step: number; readonly error: PlainError };

/** An error as plain values: not every error can be sent as it is. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  const { name, message, stack } = error;
  return { name, message, stack };
}

/** The error again, with the stack it has where it was thrown. */
export function errorFrom({ name, message, stack }: PlainError): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
