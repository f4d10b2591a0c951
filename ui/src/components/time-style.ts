/** How moments are written: how long ago, as the local clock has them, or as in RFC 3339; kept in this browser. */
import { keepIn, keptIn } from "./kept";

export const TIME_STYLES = ["relative", "local", "UTC"] as const;
export type TimeStyle = (typeof TIME_STYLES)[number];

const KEY = "tiphys.times";
let style: TimeStyle = keptIn<TimeStyle>(KEY, "relative");

export const timeStyle = (): TimeStyle => style;

/** Pages show it within a second: they are drawn anew with the clock. */
export function setTimeStyle(next: TimeStyle): void {
  style = next;
  keepIn(KEY, next);
}
