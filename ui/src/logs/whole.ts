/** A log as a file: all that the server has, however much the page keeps. */
import { textOf } from "./portion";
import { Reading } from "./reading";
import { logBody, type LogQuery } from "./source";

/** All lines as their program wrote them, of these pods or all. */
export async function wholeLog(
  query: Omit<LogQuery, "follow" | "since">,
  pods: readonly string[] | null,
  signal: AbortSignal,
): Promise<Blob> {
  const reading = new Reading(pods);
  const parts: string[] = [];
  try {
    for await (const portion of reading.lines(await logBody({ ...query, follow: false }, signal)))
      parts.push(textOf(portion));
    return new Blob(parts, { type: "text/plain;charset=utf-8" });
  } finally {
    reading.close();
  }
}
