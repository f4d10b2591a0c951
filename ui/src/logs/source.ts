/** Where lines come from. */
import { segment, send } from "../api/client";
import { items } from "../api/stream";
import { plain } from "./ansi";
import { type LogEntry, parseLine } from "./entry";

export interface LogQuery {
  namespace: string;
  name: string;
  /** One pod; empty for all. */
  pod: string;
  container: string;
  follow: boolean;
  /** Only lines that match, chosen by the server; empty for all. */
  grep: string;
  /** Only lines after this moment, RFC 3339; empty for all. */
  since?: string;
}

/** The lines of a run's pods, merged by time, as the server sends them; with `follow` until the run is over. */
export async function logBody(
  query: LogQuery,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const path = `api/v1/workflows/${segment(query.namespace)}/${segment(query.name)}/log`;
  const response = await send(path, {
    query: {
      podName: query.pod,
      grep: query.grep,
      "logOptions.container": query.container,
      "logOptions.follow": query.follow || undefined,
      "logOptions.sinceTime": query.since,
      "logOptions.timestamps": true,
    },
    signal,
  });
  return response.body ?? new Blob().stream();
}

/** The last lines of a container that is over. */
export async function lastLines(
  namespace: string,
  name: string,
  pod: string,
  container: string,
  count: number,
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  const source = items<LogEntry>(`api/v1/workflows/${segment(namespace)}/${segment(name)}/log`, {
    query: { podName: pod, "logOptions.container": container, "logOptions.tailLines": count },
    signal,
  });
  for await (const entry of source) found.push(plain(parseLine(entry).text));
  return found.slice(-count);
}
