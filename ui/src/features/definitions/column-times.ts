/** Short words for moments side by side, which tell them apart; pure. */
import type { TimeStyle } from "../../components/time-style";

type Format = (moment: Date, zone: { timeZone?: string }) => string;

const day: Format = (moment, zone) =>
  moment.toLocaleDateString(undefined, { month: "short", day: "numeric", ...zone });
const clock: Format = (moment, zone) =>
  moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...zone });
const seconds: Format = (moment, zone) => moment.toLocaleTimeString("en-GB", zone);
const both =
  (time: Format): Format =>
  (moment, zone) =>
    `${day(moment, zone)} ${time(moment, zone)}`;

/** The shortest way to write these moments in which no two are alike; a dash for one that is missing. */
export function columnTimes(moments: readonly (string | null | undefined)[], style: TimeStyle): string[] {
  const zone = style === "UTC" ? { timeZone: "UTC" } : {};
  const written = (format: Format): string[] =>
    moments.map((moment) => (moment ? format(new Date(moment), zone) : "–"));
  const days = new Set(written(day).filter((text) => text !== "–"));
  const formats = days.size > 1 ? [day, both(clock), both(seconds)] : [clock, seconds];
  const distinct = (texts: string[]): boolean => {
    const there = texts.filter((text) => text !== "–");
    return new Set(there).size === there.length;
  };
  const all = formats.map(written);
  return all.find(distinct) ?? all.at(-1) ?? [];
}
