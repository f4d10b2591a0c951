/** One line of a log, as the server sends it and as it is shown.  Pure. */

export interface LogLine {
  pod: string;
  /** RFC 3339, or empty. */
  time: string;
  text: string;
}

/** What the server sends; an empty line has no content. */
export interface LogEntry {
  podName?: string;
  content?: string;
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ?/;

/** How much of a line is the time that the server put before it. */
export function timeLength(content: string): number {
  return TIME.exec(content)?.[0].length ?? 0;
}

export function parseLine({ podName = "", content = "" }: LogEntry): LogLine {
  const length = timeLength(content);
  return { pod: podName, time: content.slice(0, length).trimEnd(), text: content.slice(length) };
}
