/** A finished run with about so many nodes: layers of tasks, loops and retries, and some failures. */
export function syntheticRun(name: string, size: number): object;
/** A page of `count` runs as a list of `all` answers them, newest first; `from` is the number of its first row. */
export function syntheticList(
  count: number,
  from?: number,
  all?: number,
): { metadata: object; items: object[] };
/** One line of a log as the server streams it. */
export function syntheticLine(number: number): string;
