/**
 * One end of a channel of messages: a `Worker`, its inside, or a `MessagePort`, of a browser or of Node's `worker_threads`.
 */
export type MessageEndpoint = NodeEndpoint | WebEndpoint;

/** What is needed of `worker_threads`. */
export interface NodeEndpoint {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
}

/** What is needed of a browser. */
export interface WebEndpoint {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
}

/** What comes from the other end. */
export interface EndpointListeners {
  message(message: unknown): void;
  /** The other end failed, or ended. */
  failure(problem: string): void;
}

/** Listens to what comes from the other end. */
export function listen(endpoint: MessageEndpoint, { message, failure }: EndpointListeners): void {
  if ('on' in endpoint) {
    endpoint.on('message', message);
    endpoint.on('messageerror', (error) => failure(`an unreadable message, ${describe(error)}`));
    endpoint.on('error', (error) => failure(describe(error)));
    endpoint.on('exit', (code) => failure(`exit code ${String(code)}`));
    return;
  }
  endpoint.addEventListener('message', (event) => message((event as MessageEvent<unknown>).data));
  endpoint.addEventListener('messageerror', () => failure('an unreadable message'));
  endpoint.addEventListener('error', (event) =>
    failure((event as ErrorEvent).message || 'a module that cannot be loaded'),
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
