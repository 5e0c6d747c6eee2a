/** One end of a channel of messages: a `Worker`, its inside, or a `MessagePort`, of a browser or of Node's `worker_threads`. */
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

/** Listens to what comes from the other end, and to its end. */
export function listen(
  endpoint: MessageEndpoint,
  onMessage: (message: unknown) => void,
  onFailure: (problem: string) => void,
): void {
  if ('on' in endpoint) {
    endpoint.on('message', onMessage);
    endpoint.on('messageerror', (error) => onFailure(String(error)));
    endpoint.on('error', (error) => onFailure(String(error)));
    endpoint.on('exit', (code) => onFailure(`exit code ${String(code)}`));
    return;
  }
  endpoint.addEventListener('message', (event) => onMessage((event as MessageEvent<unknown>).data));
  endpoint.addEventListener('messageerror', () => onFailure('an unreadable message'));
  endpoint.addEventListener('error', (event) =>
    onFailure((event as ErrorEvent).message || 'a module that cannot be loaded'),
  );
}
