/** A finished run with about so many nodes: layers of tasks, loops and retries, and some failures. */
export function syntheticRun(name: string, size: number): object;
/** Runs as a list answers them, newest first. */
export function syntheticList(count: number, from?: number): { metadata: object; items: object[] };
/** One line of a log as the server streams it. */
export function syntheticLine(number: number): string;
