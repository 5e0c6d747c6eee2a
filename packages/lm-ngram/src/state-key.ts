/** What tells a model's states apart in a map: they are values, and those that look the same are the same. */
export function keyOf(state: unknown): unknown {
  return typeof state === 'object' ? JSON.stringify(state) : state;
}
